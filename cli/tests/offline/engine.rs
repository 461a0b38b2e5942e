//! A machine without a Docker engine.

use rstest::rstest;

use crate::program::Program;

#[rstest]
fn missing_engine_is_said_in_one_line(
    #[values(&["verify"], &["up"], &["up", "--detach"], &["up", "--deployment", "."], &["down", "--all"], &["down", "0123456789ab"])]
    arguments: &[&str],
    #[values("unix:///nonexistent.sock", "tcp://127.0.0.1:1")] host: &str,
) {
    let complaint = Program::new(arguments).config("listener 1883").env("DOCKER_HOST", host).complaint();
    assert!(complaint.starts_with("no Docker engine answers ("), "{complaint}");
    assert!(complaint.ends_with("): start it (`systemctl start docker`), or set DOCKER_HOST"), "{complaint}");
}

#[rstest]
#[case::text("text")]
#[case::json("json")]
#[case::junit("junit")]
fn report_is_not_begun_without_an_engine(#[case] format: &str) {
    let complaint = Program::new(&["verify", "--format", format]).config("listener 1883").complaint();
    assert!(complaint.starts_with("no Docker engine answers"), "{complaint}");
}
