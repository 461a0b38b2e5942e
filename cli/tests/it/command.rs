//! `up -- COMMAND`: a broker for as long as another program runs.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Output, Stdio};

use rstest::rstest;
use rustix::process::{Pid, Signal, kill_process};

use crate::engine::{containers, containers_of, folders_of, mosquitto_fixtures, wait_until};

fn up(script: &str) -> Command {
    let mut command = mosquitto_fixtures();
    command.args(["up", "--", "sh", "-c", script]).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn text(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

/// One whose command has said its first line.
fn running(mut command: Command) -> Child {
    let mut child = command.spawn().unwrap();
    let stdout = child.stdout.as_mut().unwrap();
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line).unwrap();
    assert_eq!(line, "here\n");
    child
}

#[test]
fn the_command_finds_the_broker_in_its_environment() {
    let script = r#"mosquitto_pub --host "$MQTT_HOST" --port "$MQTT_TLS_PORT" --cafile "$MQTT_CA_FILE" \
        --username "$MQTT_BACKEND_USER" --pw "$MQTT_BACKEND_PASSWORD" --topic a --message b --qos 1 \
        && echo "$MOSQUITTO_FIXTURES_ID""#;
    let (status, stdout, stderr) = text(&up(script).output().unwrap());
    assert_eq!((status, stderr.as_str()), (Some(0), ""));
    assert!(!containers("mosquitto-fixtures.owner-pid").contains(&stdout.trim().to_owned()), "{stdout}");
}

#[rstest]
#[case::success("exit 0", 0)]
#[case::failure("exit 7", 7)]
#[case::signal("kill -KILL $$", 137)]
fn the_status_is_the_commands(#[case] script: &str, #[case] expected: i32) {
    assert_eq!(up(script).status().unwrap().code(), Some(expected));
}

#[rstest]
#[case::not_installed(
    "no-such-command",
    "\"no-such-command\" is no program that can be found: install it, or name its path"
)]
#[case::not_there(
    "./no-such",
    "\"./no-such\" is no program that can be found: check the path, and the first line of a script"
)]
#[case::in_quotes(
    "sh -c true",
    "\"sh -c true\" is no program that can be found: leave the quotes out, or write sh -c before them"
)]
#[case::no_program("/", "/ cannot be run: Permission denied: run this as its owner, or change its mode")]
fn a_command_that_cannot_be_run_is_named(#[case] command: &str, #[case] complaint: &str) {
    let output = mosquitto_fixtures().args(["up", "--", command]).output().unwrap();
    assert_eq!(text(&output), (Some(2), String::new(), format!("mosquitto-fixtures: {complaint}\n")));
}

#[test]
fn variables_of_another_broker_are_not_handed_on() {
    let deployment = tempfile::tempdir().unwrap();
    std::fs::create_dir(deployment.path().join("mosquitto")).unwrap();
    let config = "allow_anonymous true\nlistener 1883\n";
    std::fs::write(deployment.path().join("mosquitto/mosquitto.conf"), config).unwrap();
    let mut command = mosquitto_fixtures();
    command.args(["up", "--deployment"]).arg(deployment.path()).args([
        "--",
        "sh",
        "-c",
        "echo \"$MQTT_WS_URL$MQTT_PASSWORD_FERN\"",
    ]);
    command.envs([("MQTT_WS_URL", "ws://elsewhere"), ("MQTT_PASSWORD_FERN", "secret")]);
    let output = command.output().unwrap();
    assert_eq!(text(&output), (Some(0), "\n".to_owned(), String::new()));
}

#[test]
fn sigterm_goes_on_to_the_command_and_ctrl_c_is_its_own() {
    let mut child = running(up("trap 'exit 5' TERM; echo here; while :; do sleep 0.01; done"));
    let pid = Pid::from_child(&child);
    kill_process(pid, Signal::INT).unwrap();
    kill_process(pid, Signal::TERM).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(5));
    assert_eq!((containers_of(child.id()).len(), folders_of(child.id()).len()), (0, 0));
}

#[test]
fn nothing_is_left_when_it_is_killed() {
    // The pipe tells the command that it has been.
    let mut child = running(up("echo here; while echo; do sleep 0.01; done"));
    child.kill().unwrap();
    let id = child.id();
    child.wait().unwrap();
    drop(child);
    wait_until(|| containers_of(id).is_empty() && folders_of(id).is_empty());
}

#[rstest]
#[case::broker(&[], 0)]
#[case::command(&["--", "sleep", "1000"], 128 + 15)]
fn it_ends_with_standard_input_on_request(#[case] arguments: &[&str], #[case] expected: i32) {
    let mut command = mosquitto_fixtures();
    command.args(["up", "--until-eof"]).args(arguments).stdin(Stdio::piped()).stdout(Stdio::null());
    let mut child = command.spawn().unwrap();
    let id = child.id();
    wait_until(|| !containers_of(id).is_empty());
    drop(child.stdin.take());
    assert_eq!(child.wait().unwrap().code(), Some(expected));
    assert_eq!((containers_of(id).len(), folders_of(id).len()), (0, 0));
}
