//! A machine without a Docker engine.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::os::unix::process::CommandExt;
use std::process::Command;

use rstest::rstest;

use crate::program::Program;

const ASKING_FOR_AN_ENGINE: [&[&str]; 6] = [
    &["verify"],
    &["up"],
    &["up", "--detach"],
    &["up", "--deployment", "."],
    &["down", "--all"],
    &["down", "0123456789ab"],
];

#[rstest]
#[case::no_socket(
    "unix:///nonexistent.sock",
    "there is no unix:///nonexistent.sock",
    "start it (`sudo systemctl start docker`), or set DOCKER_HOST"
)]
#[case::no_port(
    "tcp://127.0.0.1:1",
    "nobody listens at tcp://127.0.0.1:1",
    "set DOCKER_HOST to where the engine listens, or unset it"
)]
#[case::no_scheme(
    "ssh://engine",
    "ssh://engine cannot be reached",
    "set DOCKER_HOST to unix:///SOCKET or tcp://HOST:PORT"
)]
fn missing_engine_is_said_in_one_line(#[case] host: &str, #[case] reason: &str, #[case] advice: &str) {
    for arguments in ASKING_FOR_AN_ENGINE {
        let mut program = Program::new(arguments).config("listener 1883").env("DOCKER_HOST", host);
        assert_eq!(
            program.complaint(),
            format!("no Docker engine answers ({reason}): {advice}"),
            "{arguments:?}"
        );
    }
}

/// A socket of an engine that is for its group, and a user who is not in it.
#[test]
fn user_who_may_not_use_the_engine_is_told_how_to() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("engine.sock");
    let _listener = UnixListener::bind(&socket).unwrap();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(&socket, Permissions::from_mode(0o600)).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_mosquitto-fixtures"));
    command.args(["down", "--all"]).env("DOCKER_HOST", format!("unix://{}", socket.display()));
    if rustix::process::geteuid().is_root() {
        // Nobody, without the rights of root: the program itself must be one that others may call.
        let copy = folder.path().join("mosquitto-fixtures");
        fs::copy(env!("CARGO_BIN_EXE_mosquitto-fixtures"), &copy).unwrap();
        command = Command::new(copy);
        command.args(["down", "--all"]).env("DOCKER_HOST", format!("unix://{}", socket.display()));
        command.uid(65534).gid(65534);
    } else {
        fs::set_permissions(&socket, Permissions::from_mode(0o000)).unwrap();
    }
    let output = command.output().unwrap();
    let expected = format!(
        "mosquitto-fixtures: no Docker engine answers (this user may not use unix://{}): join its group (`sudo usermod -aG docker \"$USER\"`, then log in again), or call as root\n",
        socket.display()
    );
    assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap()), (Some(2), expected));
}

#[rstest]
#[case::text("text")]
#[case::json("json")]
#[case::junit("junit")]
fn report_is_not_begun_without_an_engine(#[case] format: &str) {
    let complaint = Program::new(&["verify", "--format", format]).config("listener 1883").complaint();
    assert!(complaint.starts_with("no Docker engine answers"), "{complaint}");
}
