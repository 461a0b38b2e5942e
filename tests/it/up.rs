//! `scripts/up`, which is `make up`, leaves a healthy stack or none.

use std::fs;
use std::net::TcpListener;
use std::process::{Command, Output};

use crate::stack::Stack;

fn exists(container: &str) -> bool {
    Command::new("docker").args(["container", "inspect", container]).output().unwrap().status.success()
}

fn error(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_port_that_is_taken_is_named_and_nothing_is_left() {
    let taken = TcpListener::bind("0.0.0.0:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let stack = Stack::new();
    let output = stack.bring_up(&port);
    assert_eq!(output.status.code(), Some(2));
    let expected = format!(
        "up: port {port} is taken: end what listens there, or set MQTT_PORT, MQTT_TLS_PORT or MQTT_WS_PORT\n"
    );
    assert_eq!(error(&output), expected);
    assert!(!exists(&stack.container()));
}

#[test]
fn a_broker_that_does_not_start_shows_its_log_and_nothing_is_left() {
    let stack = Stack::new();
    let config = stack.copy().path("mosquitto/mosquitto.conf");
    fs::write(&config, fs::read_to_string(&config).unwrap() + "unheard_of true\n").unwrap();
    let output = stack.bring_up("0");
    assert_eq!(output.status.code(), Some(2));
    let error = error(&output);
    assert!(error.contains("Unknown configuration variable"), "{error}");
    assert!(error.lines().last().unwrap().starts_with("up: "), "{error}");
    assert!(!exists(&stack.container()));
}
