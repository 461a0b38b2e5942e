//! The Compose files, as the real Compose understands them.

use std::path::{Path, PathBuf};
use std::process::Command;

use mosquitto_fixtures::deployment::{Config, Deployment, Line, Setting};
use rstest::rstest;
use serde_json::Value;

use crate::project::{Project, REPOSITORY};

const BASE: &str = "docker-compose.yml";
const PRODUCTION: &str = "docker-compose.prod.yml";

/// Compose in a folder, with these variables of ours and no others.
pub(crate) fn compose(
    folder: &Path,
    arguments: &[&str],
    variables: &[(&str, &str)],
) -> Result<Value, String> {
    let ours = |name: &str| ["MQTT_", "MOSQUITTO_", "COMPOSE_"].iter().any(|prefix| name.starts_with(prefix));
    let mut command = Command::new(Path::new(REPOSITORY).join("scripts/compose"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(ours)) {
        command.env_remove(name);
    }
    let output = command
        .arg("--project-directory")
        .arg(folder)
        .env("MOSQUITTO_IMAGE", "mosquitto:test")
        .envs(variables.iter().copied())
        .args(arguments)
        .args(["config", "--format", "json"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.success() {
        Ok(serde_json::from_slice(&output.stdout).unwrap())
    } else {
        Err(said.into())
    }
}

/// The broker's service in these files of the repository, whatever its `.env` says.
fn service(files: &[&str], variables: &[(&str, &str)]) -> Value {
    let files: Vec<&str> = files.iter().flat_map(|file| ["--file", *file]).collect();
    let arguments = [&["--env-file", "/dev/null"], &files[..]].concat();
    compose(REPOSITORY.as_ref(), &arguments, variables).unwrap()["services"]["mosquitto"].take()
}

/// `published:target` of every port, and the host address where there is one.
fn published(service: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let port = |port: &Value| {
        let host = port.get("host_ip").map_or_else(String::new, |host| format!("{}:", text(host)));
        format!("{host}{}:{}", text(&port["published"]), text(&port["target"]))
    };
    service["ports"].as_array().unwrap().iter().map(port).collect()
}

#[test]
fn development_publishes_three_ports() {
    assert_eq!(published(&service(&[BASE], &[])), ["1883:1883", "8883:8883", "9001:9001"]);
}

#[test]
fn production_publishes_tls_alone() {
    assert_eq!(published(&service(&[BASE, PRODUCTION], &[])), ["8883:8883"]);
}

/// The trap that `!override` is there for: a list of an override file is added to that of the base file.
#[test]
fn override_without_its_tag_publishes_all_three() {
    let text = std::fs::read_to_string(Path::new(REPOSITORY).join(PRODUCTION)).unwrap();
    let naive = text.replace("ports: !override", "ports:");
    assert_ne!(naive, text);
    let project = Project::empty();
    project.write("naive.yml", naive);
    let service = service(&[BASE, &project.named("naive.yml")], &[]);
    assert_eq!(published(&service), ["1883:1883", "8883:8883", "9001:9001"]);
}

#[rstest]
#[case::zero_is_any_free_port(["0", "0", "0"])]
#[case::others(["11883", "18883", "19001"])]
fn ports_can_be_set(#[case] ports: [&str; 3]) {
    let variables: Vec<_> = ["MQTT_PORT", "MQTT_TLS_PORT", "MQTT_WS_PORT"].into_iter().zip(ports).collect();
    let targets = [1883, 8883, 9001];
    let expected: Vec<String> =
        ports.iter().zip(targets).map(|(port, target)| format!("{port}:{target}")).collect();
    assert_eq!(published(&service(&[BASE], &variables)), expected);
    assert_eq!(published(&service(&[BASE, PRODUCTION], &variables)), expected[1..2]);
}

#[test]
fn container_and_image_can_be_set() {
    let named = |variables| {
        let service = service(&[BASE], variables);
        [&service["container_name"], &service["image"]].map(|value| value.as_str().unwrap().to_owned())
    };
    assert_eq!(named(&[("COMPOSE_PROJECT_NAME", "mine")]), ["mine-mosquitto", "mosquitto:test"]);
    assert_eq!(named(&[("MOSQUITTO_CONTAINER", "one"), ("MOSQUITTO_IMAGE", "two")]), ["one", "two"]);
}

/// A clone: a folder with the scripts and the deployment, whose parents are its own.
fn clone_named(name: &str, dot_env: &str) -> Project {
    let project = Project::empty();
    let copied = ["scripts/compose", "mosquitto/image/name", BASE];
    for file in copied {
        let to = format!("{name}/{file}");
        project.write(&to, "");
        std::fs::copy(Path::new(REPOSITORY).join(file), project.at(&to)).unwrap();
    }
    project.write(&format!("{name}/.env"), dot_env);
    project
}

/// The name of the project of a clone.
fn project_name(clone: &Path, variable: Option<&str>, arguments: &[&str]) -> String {
    let mut command = Command::new(clone.join("scripts/compose"));
    command.env_remove("COMPOSE_PROJECT_NAME").envs(variable.map(|value| ("COMPOSE_PROJECT_NAME", value)));
    let output = command.args(arguments).args(["config", "--format", "json"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let model: Value = serde_json::from_slice(&output.stdout).unwrap();
    model["name"].as_str().unwrap().to_owned()
}

/// Compose makes one project of two folders of one name.
#[test]
fn two_clones_in_folders_of_one_name_are_two_projects() {
    let names = [clone_named("plantops", ""), clone_named("plantops", "")].map(|project| {
        let clone = project.at("plantops");
        let name = project_name(&clone, None, &[]);
        assert_eq!(project_name(&clone, None, &[]), name, "the same every time");
        name
    });
    assert_ne!(names[0], names[1]);
    assert!(names.iter().all(|name| name.starts_with("plantops-")), "{names:?}");
}

#[rstest]
#[case::in_dot_env("COMPOSE_PROJECT_NAME=mine\n", None, &[], "mine")]
#[case::in_dot_env_as_compose_reads_it("export COMPOSE_PROJECT_NAME = '77' # mine\n", None, &[], "77")]
#[case::in_the_environment("COMPOSE_PROJECT_NAME=mine\n", Some("yours"), &[], "yours")]
#[case::as_an_option("COMPOSE_PROJECT_NAME=mine\n", Some("yours"), &["--project-name", "ours"], "ours")]
fn project_can_be_named(
    #[case] dot_env: &str,
    #[case] variable: Option<&str>,
    #[case] arguments: &[&str],
    #[case] expected: &str,
) {
    let project = clone_named("plantops", dot_env);
    assert_eq!(project_name(&project.at("plantops"), variable, arguments), expected);
}

#[test]
fn scripts_speak_of_their_clone_from_any_folder() {
    let project = clone_named("plantops", "");
    let clone = project.at("plantops");
    let output = Command::new("../../scripts/compose")
        .current_dir(clone.join("mosquitto/image"))
        .env_remove("COMPOSE_PROJECT_NAME")
        .args(["config", "--format", "json"])
        .output()
        .unwrap();
    let model: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(model["name"], *project_name(&clone, None, &[]));
}

/// What production says of access, persistence and TLS is what development says.
#[test]
fn production_configuration_is_that_of_development_without_listeners_in_clear() {
    let read = |name: &str| {
        let file = Path::new(REPOSITORY).join("mosquitto").join(name);
        Config::read(&file, Line::default(), |_| None).unwrap()
    };
    let (development, production) = (read("mosquitto.conf"), read("mosquitto.prod.conf"));
    let plain = |settings: &[Setting]| {
        settings.iter().map(|setting| (setting.name.clone(), setting.value.clone())).collect::<Vec<_>>()
    };
    assert_eq!(plain(&development.global), plain(&production.global));
    let tls = |config: &Config| {
        let listeners = config.listeners.iter().filter(|listener| listener.tls.is_some());
        listeners.map(|listener| (listener.port, plain(&listener.settings))).collect::<Vec<_>>()
    };
    assert_eq!(tls(&development), tls(&production));
    assert_eq!(production.listeners.len(), 1);
}

#[rstest]
#[case::development(&["docker-compose.yml"], "mosquitto/mosquitto.conf")]
#[case::production(&["docker-compose.yml", "docker-compose.prod.yml"], "mosquitto/mosquitto.prod.conf")]
fn broker_gets_the_files_of_its_configuration_read_only(#[case] files: &[&str], #[case] config: &str) {
    let service = service(files, &[]);
    let volumes = service["volumes"].as_array().unwrap();
    let (mounts, others): (Vec<&Value>, Vec<&Value>) =
        volumes.iter().partition(|volume| volume["type"] == "bind");
    assert!(mounts.iter().all(|mount| mount["read_only"] == true), "{mounts:?}");
    assert!(others.iter().all(|volume| volume["target"] == "/mosquitto/data"), "{others:?}");

    let deployment = Deployment::open(REPOSITORY).unwrap();
    let named = deployment.config().settings().map(|setting| setting.value.as_str());
    let mut expected: Vec<(String, PathBuf)> =
        named.filter_map(|path| Some((path.to_owned(), deployment.on_host(path)?))).collect();
    expected.push(("/mosquitto/config/mosquitto.conf".to_owned(), Path::new(REPOSITORY).join(config)));
    expected.sort();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut found: Vec<(String, PathBuf)> =
        mounts.iter().map(|mount| (text(&mount["target"]), text(&mount["source"]).into())).collect();
    found.sort();
    assert_eq!(found, expected);
}
