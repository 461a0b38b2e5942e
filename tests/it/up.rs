//! `scripts/up` and `scripts/down`, which are `make up`, `make prod` and `make down`: a healthy stack or none, and no
//! harm to one that runs.

use std::fs::{self, Permissions};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output};

use rstest::rstest;

use crate::docker::Health;
use crate::stack::Stack;

fn said(output: &Output) -> (Option<i32>, String) {
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// A port of this machine, while the value lives.
fn taken_port() -> (TcpListener, String) {
    let taken = TcpListener::bind("0.0.0.0:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    (taken, port)
}

#[test]
fn a_port_that_is_taken_is_named_and_nothing_is_left() {
    let (_taken, port) = taken_port();
    let stack = Stack::new();
    let expected = format!(
        "up: port {port} is taken: end what listens there, or set MQTT_PORT, MQTT_TLS_PORT or MQTT_WS_PORT\n"
    );
    assert_eq!(said(&stack.bring_up(&port)), (Some(2), expected));
    assert!(stack.containers().is_empty());
}

#[test]
fn a_broker_that_does_not_start_shows_its_log_and_nothing_is_left() {
    let stack = Stack::new();
    let config = stack.copy().path("mosquitto/mosquitto.conf");
    fs::write(&config, fs::read_to_string(&config).unwrap() + "unheard_of true\n").unwrap();
    let (status, error) = said(&stack.bring_up("0"));
    assert_eq!(status, Some(2));
    assert!(error.contains("Unknown configuration variable"), "{error}");
    assert!(error.lines().last().unwrap().starts_with("up: "), "{error}");
    assert!(!error.contains('\x1b'), "escape codes for no terminal: {error:?}");
    assert!(stack.containers().is_empty());
}

/// As git makes them under `umask 077`.
#[test]
fn files_that_the_broker_may_not_read_are_said_with_the_command_that_mends_it() {
    let stack = Stack::new();
    for entry in fs::read_dir(stack.copy().path("mosquitto")).unwrap() {
        fs::set_permissions(entry.unwrap().path(), Permissions::from_mode(0o600)).unwrap();
    }
    let (status, error) = said(&stack.bring_production_up());
    let expected = "up: the broker's user 1883 may not read a file in mosquitto/: chmod o+r mosquitto/*";
    assert_eq!((status, error.lines().last()), (Some(2), Some(expected)), "{error}");
    assert!(stack.containers().is_empty());
}

#[test]
fn down_says_in_one_line_that_no_engine_answers() {
    let stack = Stack::new();
    let mut command = Command::new(stack.copy().path("scripts/down"));
    let (status, error) = said(&command.env("DOCKER_HOST", "unix:///nonexistent.sock").output().unwrap());
    assert_eq!((status, error.lines().count()), (Some(2), 1), "{error}");
    assert!(error.starts_with("down: the Docker engine does not answer: start it, or join"), "{error}");
}

/// Compose makes one project of two folders of one name, and takes the first one's container for the second.
#[test]
fn clones_in_folders_of_one_name_run_beside_each_other() {
    let (first, second) = (Stack::up(), Stack::new());
    assert_eq!(first.copy().root().file_name(), second.copy().root().file_name());
    let running = first.running();
    let (_taken, port) = taken_port();
    assert_eq!(said(&second.bring_up(&port)).0, Some(2));
    assert_eq!(first.running(), running, "a failure of the second is not the first one's");
    assert_eq!(said(&second.bring_up("0")), (Some(0), String::new()));
    assert_eq!(first.running(), running);
    assert_eq!(second.running().len(), 1);
    second.take_down();
    assert_eq!(first.running(), running);
}

#[test]
fn a_project_of_another_folder_is_not_touched() {
    let (first, second) = (Stack::up(), Stack::new());
    let running = first.running();
    let project = first.compose(&["config", "--format", "json"]);
    let project: serde_json::Value = serde_json::from_slice(&project.stdout).unwrap();
    let dot_env = second.copy().path(".env");
    let name = format!("COMPOSE_PROJECT_NAME={}\n", project["name"].as_str().unwrap());
    fs::write(&dot_env, fs::read_to_string(&dot_env).unwrap_or_default() + &name).unwrap();
    let root = first.copy().root().canonicalize().unwrap();
    let expected = format!(
        "up: {} has a stack under the same project name: set COMPOSE_PROJECT_NAME to another one\n",
        root.display()
    );
    assert_eq!(said(&second.bring_up("0")), (Some(2), expected));
    fs::remove_file(dot_env).unwrap();
    assert_eq!(first.running(), running);
}

#[test]
fn what_runs_already_is_left_as_it_is() {
    let stack = Stack::up();
    let running = stack.running();
    assert_eq!(said(&stack.bring_up("0")), (Some(0), String::new()));
    let other = "runs here already, and with other settings: end it first (make down)\n";
    let (_taken, port) = taken_port();
    assert_eq!(said(&stack.bring_up(&port)), (Some(2), format!("up: the development stack {other}")));
    assert_eq!(said(&stack.bring_production_up()), (Some(2), format!("up: the development stack {other}")));
    // Nothing verifies any more.
    let mut health = Health::of(&running[0]);
    health.turns("healthy");
    fs::write(stack.copy().path("certs/ca.crt"), "").unwrap();
    health.turns("unhealthy");
    assert_eq!(said(&stack.bring_up("0")).0, Some(2));
    assert_eq!(stack.running(), running);
}

#[test]
fn what_was_stopped_is_stopped_again_when_it_does_not_start() {
    let stack = Stack::up();
    let containers = stack.containers();
    stack.compose(&["stop", "--timeout", "0"]);
    let config = stack.copy().path("mosquitto/mosquitto.conf");
    fs::write(&config, "unheard_of true\n").unwrap();
    assert_eq!(said(&stack.bring_up("0")).0, Some(2));
    assert_eq!((stack.running(), stack.containers()), (Vec::new(), containers));
}

#[test]
fn production_says_what_it_publishes_and_goes_like_development() {
    let stack = Stack::new();
    let output = stack.bring_production_up();
    assert_eq!(said(&output), (Some(0), String::new()));
    let text = String::from_utf8(output.stdout).unwrap();
    let mut lines = text.lines();
    assert!(lines.next().unwrap().ends_with("and publishes"), "{text}");
    let published: Vec<_> = lines.map(|line| line.trim().split_once(" -> ").unwrap().0).collect();
    assert!(!published.is_empty() && published.iter().all(|port| *port == "8883/tcp"), "{text}");
    let (status, error) = said(&stack.bring_up("0"));
    assert_eq!(status, Some(2));
    assert!(error.starts_with("up: production runs here already"), "{error}");
    assert_eq!(said(&stack.take_down()), (Some(0), String::new()));
    assert!(stack.containers().is_empty());
}

#[test]
fn a_project_of_any_name_is_ended() {
    let stack = Stack::new();
    let name = format!("plantops-{}", std::process::id());
    stack.compose(&["--project-name", &name, "up", "--detach"]);
    assert_eq!(stack.running().len(), 1);
    assert_eq!(said(&stack.bring_up("0")).0, Some(2), "it is of this folder");
    assert_eq!(said(&stack.take_down()), (Some(0), String::new()));
    assert!(stack.containers().is_empty());
    stack.compose(&["--project-name", &name, "down", "--volumes"]);
}

/// The engine would make a folder of root's in the place of a file that `make certs` has not made yet.
#[rstest]
#[case::by_compose_itself(|stack: &Stack| stack.compose(&["up", "--detach"]), "bind source path does not exist")]
#[case::by_scripts_up(|stack: &Stack| stack.bring_up("0"), " is missing: `make certs` makes what belongs in certs/")]
#[case::in_production(Stack::bring_production_up, " is missing: `make certs` makes what belongs in certs/")]
fn without_certificates_nothing_starts_and_no_folder_is_made(
    #[case] start: fn(&Stack) -> Output,
    #[case] expected: &str,
) {
    let stack = Stack::new();
    fs::remove_dir_all(stack.copy().path("certs")).unwrap();
    let (status, error) = said(&start(&stack));
    assert_ne!(status, Some(0));
    assert!(error.contains(expected), "{error}");
    assert!(!stack.copy().path("certs").exists());
}
