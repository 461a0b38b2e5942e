//! `scripts/test_mqtt_tls.sh` reads `.env` as Compose does, with a stand-in for `mosquitto_pub` that says what it is given.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use rstest::rstest;

use crate::environment::LINES;
use crate::project::{Project, REPOSITORY};

const CLIENT: &str = "#!/bin/sh\ncat \"$XDG_CONFIG_HOME/mosquitto_pub\"\nprintf '%s\\n' \"$@\"\nexit 1\n";

/// A clone with this `.env`.
fn clone(dot_env: &str) -> Project {
    let project = Project::empty();
    for script in ["scripts/test_mqtt_tls.sh", "scripts/compose", "mosquitto/image/name"] {
        project.write(script, fs::read(Path::new(REPOSITORY).join(script)).unwrap());
        fs::set_permissions(project.at(script), PermissionsExt::from_mode(0o755)).unwrap();
    }
    project.write("bin/mosquitto_pub", CLIENT);
    fs::set_permissions(project.at("bin/mosquitto_pub"), PermissionsExt::from_mode(0o755)).unwrap();
    project.write("certs/ca.crt", "");
    project.write(".env", dot_env);
    project
}

/// Exit status, and what the client was given or the script complains of.
fn run(project: &Project, variables: &[(&str, &str)]) -> (Option<i32>, String) {
    let mut command = Command::new(project.at("scripts/test_mqtt_tls.sh"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("MQTT_")) {
        command.env_remove(name);
    }
    let path = format!("{}:{}", project.named("bin"), std::env::var("PATH").unwrap());
    let output = command.env("PATH", path).envs(variables.iter().copied()).output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

/// Each value of the table as user, as password and as host.
#[rstest]
fn every_spelling_is_what_it_is_to_compose(#[values(0, 1, 2)] third: usize) {
    // A line break is no part of a user or a password.
    let lines: Vec<_> = LINES.iter().filter(|(_, value)| !value.contains('\n')).collect();
    for chunk in lines.chunks(3).skip(third).step_by(3) {
        let names = ["MQTT_BACKEND_USER", "MQTT_BACKEND_PASSWORD", "MQTT_HOST"];
        let in_turn = || names.iter().zip(chunk.iter().cycle());
        let dot_env: String = in_turn().map(|(name, (line, _))| format!("{name}{line}\n")).collect();
        let project = clone(&format!("OFFLINE_0=secret\n{dot_env}"));
        let values: Vec<_> = in_turn().map(|(_, (_, value))| *value).collect();
        let expected = format!("--username {}\n--pw {}\n--host\n{}\n", values[0], values[1], values[2]);
        let (status, given) = run(&project, &[]);
        assert_eq!(status, Some(1), "{given}");
        assert!(given.contains(&expected), "{dot_env:?}: {given:?} instead of {expected:?}");
    }
}

#[rstest]
#[case::of_dot_env("export MQTT_PORT='11883' # mine\nMQTT_TLS_PORT=\"18883\"\n", &[], ["11883", "18883"])]
#[case::of_the_environment("MQTT_PORT=1\nMQTT_TLS_PORT=2\n", &[("MQTT_PORT", "3"), ("MQTT_TLS_PORT", "")], ["3", "8883"])]
#[case::with_an_address("MQTT_PORT=127.0.0.1:11883\n", &[], ["11883", "8883"])]
#[case::no_more_than_a_password("", &[], ["1883", "8883"])]
fn ports_are_those_of_the_stack(
    #[case] dot_env: &str,
    #[case] variables: &[(&str, &str)],
    #[case] ports: [&str; 2],
) {
    let (status, given) = run(&clone(&format!("MQTT_BACKEND_PASSWORD=secret\n{dot_env}")), variables);
    assert_eq!(status, Some(1), "{given}");
    for port in ports {
        assert!(given.contains(&format!("--port\n{port}\n")), "{given}");
    }
}

#[rstest]
#[case::password_of_two_lines("MQTT_BACKEND_PASSWORD=\"a\nb\"\n", "takes no line break")]
#[case::what_compose_refuses("MQTT_BACKEND_PASSWORD=\"a\n", "unterminated quoted value")]
#[case::port_of_a_stack_that_does_not_run("MQTT_BACKEND_PASSWORD=a\nMQTT_PORT=0\n", "make up")]
fn what_cannot_be_tried_says_why(#[case] dot_env: &str, #[case] expected: &str) {
    let (status, error) = run(&clone(dot_env), &[]);
    assert_eq!(status, Some(2), "{error}");
    assert!(error.contains(expected), "{error}");
}
