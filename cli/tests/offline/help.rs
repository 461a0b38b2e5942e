//! What the program says of itself.

use rstest::rstest;

use crate::program::Program;

#[rstest]
#[case::of_all(&["--help"], &["certs", "verify", "up", "down", "esp32", "--version"])]
#[case::certs(&["certs", "--help"], &["--out", "--host", "--days", "--force", "MQTT_BACKEND_PASSWORD", ".env"])]
#[case::verify(&["verify", "--help"], &["--deployment", "--profile", "--format", "--clause", "MOSQUITTO_IMAGE"])]
#[case::up(&["up", "--help"], &["--deployment", "--format", "--detach"])]
#[case::down(&["down", "--help"], &["--all", "[ID]"])]
#[case::esp32(
    &["esp32", "--help"],
    &["--broker", "--ca", "--devices", "--firmware", "--boot", "--qos", "--slice", "--source", "--report", "merge"]
)]
#[case::esp32_merge(&["esp32", "merge", "--help"], &["<FILE>...", "--format", "--report"])]
fn help_names_the_options_and_the_exit_statuses(#[case] arguments: &[&str], #[case] words: &[&str]) {
    let outcome = Program::new(arguments).run();
    assert_eq!((outcome.status, outcome.stderr.as_str()), (Some(0), ""));
    let said = outcome.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    let statuses = "Exit status: 0 all well; 1 the deployment broke a promise; 2 it could not be judged";
    for word in words.iter().copied().chain(["--help", statuses]) {
        assert!(said.contains(word), "{word}: {said}");
    }
}

#[test]
fn call_without_a_command_shows_the_help() {
    let outcome = Program::new(&[]).run();
    assert_eq!((outcome.status, outcome.stdout.as_str()), (Some(2), ""));
    assert!(outcome.stderr.contains("Usage: mosquitto-fixtures <COMMAND>"), "{}", outcome.stderr);
}

#[test]
fn version_is_that_of_the_package() {
    let outcome = Program::new(&["--version"]).run();
    assert_eq!(outcome.stdout, format!("mosquitto-fixtures {}\n", env!("CARGO_PKG_VERSION")));
    assert_eq!(outcome.status, Some(0));
}
