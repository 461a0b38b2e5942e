//! The docker command, and the images that this machine has.

use std::io::{BufRead, BufReader, Lines};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use mosquitto_fixtures::broker::{Claim, Line};

use crate::deployment_copy::repository;

/// Runs docker and gives what it prints.
pub(crate) fn docker(arguments: &[&str]) -> String {
    let output = output(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Runs docker, whatever becomes of it.
pub(crate) fn output(arguments: &[&str]) -> Output {
    Command::new("docker").args(arguments).output().unwrap()
}

/// The options that lay a claim to a container, network or volume.
pub(crate) fn labels(claim: &Claim) -> Vec<String> {
    claim.labels().into_iter().map(|(key, value)| format!("--label={key}={value}")).collect()
}

/// The image of a line that this machine has.
pub(crate) fn image(line: Line) -> String {
    let line = match line {
        Line::V2_0 => "2.0",
        Line::V2_1 => "2.1",
    };
    let mut name = Command::new(repository().join("mosquitto/image/name"));
    let output = name.arg(line).env_remove("MOSQUITTO_IMAGE").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// What the engine says of a container's health, from now on: it remembers its last 256 events and no more, which is little
/// when tests run beside each other.
pub(crate) struct Health {
    container: String,
    events: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Health {
    pub(crate) fn of(container: &str) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let mut events = Command::new("docker")
            .args(["events", "--since", &format!("{}.{:09}", now.as_secs(), now.subsec_nanos())])
            .args(["--filter", "event=health_status", "--format", "{{.Action}}"])
            .args(["--filter", &format!("container={container}")])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(events.stdout.take().unwrap()).lines();
        Self { container: container.to_owned(), events, lines }
    }

    /// Waits until it is `healthy`, or `unhealthy`.
    pub(crate) fn turns(&mut self, status: &str) {
        let now = docker(&["inspect", "--format", "{{.State.Health.Status}}", &self.container]);
        let event = format!("health_status: {status}");
        assert!(now == status || self.lines.any(|line| line.unwrap() == event), "no more events");
    }
}

impl Drop for Health {
    fn drop(&mut self) {
        self.events.kill().unwrap();
        self.events.wait().unwrap();
    }
}
