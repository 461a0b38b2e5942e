use std::collections::HashMap;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::engine::{containers, mosquitto_fixtures};

/// The detached broker of a test, ended with it.
struct Detached(String);

impl Drop for Detached {
    fn drop(&mut self) {
        let _ = mosquitto_fixtures().args(["down", &self.0]).output();
    }
}

fn up_detached() -> (Detached, Value) {
    let output = mosquitto_fixtures().args(["up", "--detach", "--format", "json"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let broker: Value = serde_json::from_slice(&output.stdout).unwrap();
    (Detached(broker["container"].as_str().unwrap().to_owned()), broker)
}

fn publish(environment: &HashMap<String, String>) -> bool {
    let variable = |name: &str| environment[name].as_str();
    let mut command = Command::new("mosquitto_pub");
    command.args(["--host", variable("MQTT_HOST"), "--port", variable("MQTT_TLS_PORT")]);
    command.args(["--cafile", variable("MQTT_CA_FILE"), "--username", variable("MQTT_BACKEND_USER")]);
    command.args(["--pw", variable("MQTT_BACKEND_PASSWORD"), "--topic", "a", "--message", "b", "--qos", "1"]);
    command.output().unwrap().status.success()
}

#[test]
fn a_detached_broker_serves_other_programs_until_down() {
    let (detached, broker) = up_detached();
    let environment: HashMap<String, String> = serde_json::from_value(broker["environment"].clone()).unwrap();
    assert!(publish(&environment), "{environment:?}");
    let down = mosquitto_fixtures().args(["down", &detached.0]).output().unwrap();
    assert_eq!(down.status.code(), Some(0), "{down:?}");
    assert!(!publish(&environment));
    assert!(!Path::new(&environment["MQTT_CA_FILE"]).exists());
    assert!(!containers("mosquitto-fixtures.owner-pid=0").contains(&detached.0));
}

#[test]
fn the_environment_format_is_one_assignment_a_line() {
    let mut child = mosquitto_fixtures()
        .args(["up", "--format", "env"])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let pid = rustix::process::Pid::from_child(&child);
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(child.stdout.take().unwrap()));
    let names = ["MQTT_HOST", "MQTT_PORT", "MQTT_TLS_PORT", "MQTT_USE_TLS", "MQTT_CA_FILE", "MQTT_WS_URL"];
    for name in names {
        let line = lines.next().unwrap().unwrap();
        assert!(line.starts_with(&format!("{name}=")), "{line}");
    }
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn down_refuses_a_container_that_is_not_ours() {
    let image = Command::new("docker").args(["image", "ls", "--quiet"]).output().unwrap();
    let image = String::from_utf8(image.stdout).unwrap();
    let create = Command::new("docker").args(["create", image.lines().next().unwrap()]).output().unwrap();
    let foreign = String::from_utf8(create.stdout).unwrap().trim().to_owned();
    let down = mosquitto_fixtures().args(["down", &foreign]).output().unwrap();
    let still = Command::new("docker").args(["rm", "--volumes", &foreign]).output().unwrap();
    assert_eq!(down.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&down.stderr).contains("it is not ours"));
    assert!(still.status.success(), "{still:?}");
}

#[test]
fn down_says_that_there_is_no_such_container() {
    let down = mosquitto_fixtures().args(["down", "no-such-container"]).output().unwrap();
    assert_eq!(down.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&down.stderr).contains("no-such-container"), "{down:?}");
}

/// In a PID namespace of its own, where no broker of anybody else is at home.
#[test]
fn down_all_ends_the_detached_brokers_of_this_host() {
    let script = r#"
        id=$("$1" up --detach --format json | sed -n 's/.*"container": "\(.*\)".*/\1/p') && echo "$id" && "$1" down --all
    "#;
    let namespace: &[&str] =
        if rustix::process::geteuid().is_root() { &[] } else { &["--user", "--map-root-user"] };
    let output = Command::new("unshare")
        .args(namespace)
        .args(["--pid", "--fork", "--mount-proc", "sh", "-c", script, "sh"])
        .arg(env!("CARGO_BIN_EXE_mosquitto-fixtures"))
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text} {}", String::from_utf8_lossy(&output.stderr));
    let (id, removed) = text.split_once('\n').unwrap();
    assert!(!containers("mosquitto-fixtures.owner-pid=0").contains(&id.to_owned()));
    assert_eq!(removed.trim(), "removed: 1 containers, 0 networks, 0 volumes, 1 folders");
}
