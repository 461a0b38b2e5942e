//! What `Certificates::install` does with secrets: who may read them, and what passwords they are.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};

use mosquitto_fixtures::broker::Line;
use mosquitto_fixtures::deployment::{CertificatesRequest, Environment, Protection};
use mosquitto_fixtures::pki::PasswordFile;
use rstest::rstest;

use crate::certificates::{install, request};
use crate::project::Project;

/// User and group of a file, and its mode.
fn access(project: &Project, file: &str) -> (u32, u32, u32) {
    let metadata = fs::metadata(project.at(file)).unwrap();
    (metadata.uid(), metadata.gid(), metadata.mode() & 0o7777)
}

#[rstest]
#[case::new(false)]
#[case::replaced(true)]
fn secrets_are_for_the_broker_alone(#[case] force: bool) {
    let project = Project::empty();
    project.write("certs/README.md", "");
    let (user, group, _) = access(&project, "certs/README.md");
    // Whether this user can give a file away: root can.
    let root = chown(project.at("certs/README.md"), Some(1883), Some(1883)).is_ok();
    if force {
        install(&project, &request()).unwrap();
    }
    let made = install(&project, &CertificatesRequest { force, ..request() }).unwrap();
    let (protection, secret) = if root {
        (Protection::Owner, (1883, 1883, 0o400))
    } else {
        // On a temporary folder's file system, which has access lists.
        (Protection::AccessList, (user, group, 0o640))
    };
    assert_eq!(made.protection, protection);
    for file in ["certs/server.key", "certs/passwd"] {
        assert_eq!(access(&project, file), secret, "{file}");
    }
    for file in ["certs/ca.crt", "certs/server.crt"] {
        assert_eq!(access(&project, file), (user, group, 0o644), "{file}");
    }
    assert_eq!(access(&project, ".env"), (user, group, 0o600));
}

#[test]
fn secret_is_not_written_over_a_file() {
    let project = Project::empty();
    project.write("server.key", "precious");
    let error = Protection::write_secret(&project.at("server.key"), "new").unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::AlreadyExists);
    let error = Protection::write_public(&project.at("server.key"), "new").unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::AlreadyExists);
    assert_eq!(project.read("server.key"), "precious");
}

/// The passwords of `.env` are those that the password file was made with.
#[track_caller]
fn assert_passwords_fit(project: &Project, backend: &str) {
    let environment = Environment::read(project.root()).unwrap();
    let users = PasswordFile::parse(project.read("certs/passwd")).users(Line::V2_0).unwrap();
    for (user, variable) in [(backend, "MQTT_BACKEND_PASSWORD"), ("frontend", "MQTT_FRONTEND_PASSWORD")] {
        let password = environment.value(variable).unwrap();
        assert_eq!(users.admits(user, &password), Some(true), "{user}");
    }
}

#[test]
fn missing_passwords_are_random_and_land_in_dot_env() {
    let (project, other) = (Project::empty(), Project::empty());
    for project in [&project, &other] {
        let made = install(project, &request()).unwrap();
        assert_eq!(made.variables, ["MQTT_BACKEND_PASSWORD", "MQTT_FRONTEND_PASSWORD"]);
        assert_passwords_fit(project, "backend");
    }
    let mut lines = [project.read(".env"), other.read(".env")].concat();
    lines = lines.replace("MQTT_BACKEND_PASSWORD=", "").replace("MQTT_FRONTEND_PASSWORD=", "");
    let mut passwords: Vec<&str> = lines.lines().collect();
    passwords.sort_unstable();
    passwords.dedup();
    assert_eq!(passwords.iter().map(|password| password.len()).collect::<Vec<_>>(), [32; 4]);
}

#[rstest]
#[case::with_line_feed("# ours\nMQTT_PORT=0\n")]
#[case::without_line_feed("# ours\nMQTT_PORT=0")]
#[case::empty_password("MQTT_PORT=0\nMQTT_BACKEND_PASSWORD=\n")]
fn lines_of_dot_env_are_kept(#[case] text: &str) {
    let project = Project::empty();
    project.write(".env", text);
    install(&project, &request()).unwrap();
    let after = project.read(".env");
    let added = after.strip_prefix(text).unwrap();
    let names: Vec<&str> = added.trim_start().lines().filter_map(|line| line.split('=').next()).collect();
    assert_eq!(names, ["MQTT_BACKEND_PASSWORD", "MQTT_FRONTEND_PASSWORD"]);
    assert_eq!(Environment::read(project.root()).unwrap().value("MQTT_PORT").unwrap().reveal(), "0");
    assert_passwords_fit(&project, "backend");
}

#[rstest]
#[case::both("MQTT_BACKEND_PASSWORD=one\nMQTT_FRONTEND_PASSWORD=\"two words\"\n", &[])]
#[case::backend("MQTT_BACKEND_PASSWORD=one\n", &["MQTT_FRONTEND_PASSWORD"])]
#[case::frontend("MQTT_FRONTEND_PASSWORD=two\n", &["MQTT_BACKEND_PASSWORD"])]
fn given_passwords_are_used(#[case] text: &str, #[case] made_up: &[&str]) {
    let project = Project::empty();
    project.write(".env", text);
    let made = install(&project, &request()).unwrap();
    assert_eq!(made.variables, made_up);
    let added = project.read(".env").strip_prefix(text).unwrap().lines().count();
    assert_eq!(added, made_up.len());
    assert_passwords_fit(&project, "backend");
}

#[test]
fn backend_has_the_name_that_dot_env_gives() {
    let project = Project::empty();
    project.write(".env", "MQTT_BACKEND_USER=plantops\n");
    install(&project, &request()).unwrap();
    assert_passwords_fit(&project, "plantops");
    let users = PasswordFile::parse(project.read("certs/passwd")).users(Line::V2_0).unwrap();
    assert_eq!(users.names(), ["frontend", "plantops"]);
}

#[test]
fn what_was_made_does_not_show_a_secret() {
    let project = Project::empty();
    let made = install(&project, &request()).unwrap();
    let shown = format!("{made:?}");
    for line in project.read(".env").lines() {
        let password = line.split_once('=').unwrap().1;
        assert!(!shown.contains(password), "{shown}");
    }
}
