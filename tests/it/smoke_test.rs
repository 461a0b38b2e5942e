//! `scripts/test_mqtt_tls.sh` says what is so.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use mosquitto_fixtures::broker::Broker;
use mosquitto_fixtures::fixture::deployed;
use mosquitto_fixtures::pki::Authority;
use rstest::rstest;

use crate::deployment_copy::repository;
use crate::stack::Stack;

/// Exit status, standard output, standard error.
type Outcome = (Option<i32>, String, String);

fn smoke_test(folder: &Path, variables: &[(String, String)]) -> Outcome {
    let mut command = Command::new(folder.join("scripts/test_mqtt_tls.sh"));
    command.env_remove("MQTT_BACKEND_PASSWORD").envs(variables.iter().cloned());
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// A folder with the script, what it calls, and nothing else.
fn script_alone() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for script in ["scripts/test_mqtt_tls.sh", "scripts/compose", "mosquitto/image/name"] {
        fs::create_dir_all(folder.path().join(script).parent().unwrap()).unwrap();
        fs::copy(repository().join(script), folder.path().join(script)).unwrap();
    }
    folder
}

fn with(mut environment: Vec<(String, String)>, name: &str, value: &str) -> Vec<(String, String)> {
    environment.retain(|(known, _)| known != name);
    environment.push((name.to_owned(), value.to_owned()));
    environment
}

#[test]
fn passes_on_the_stack_that_compose_starts_and_reads_its_dot_env() {
    let stack = Stack::up();
    let folder = script_alone();
    fs::copy(stack.copy().path(".env"), folder.path().join(".env")).unwrap();
    let (port, tls_port) = (stack.port(1883), stack.port(8883));
    let ca = stack.copy().path("certs/ca.crt").to_string_lossy().into_owned();
    let variables = [("MQTT_PORT", &port), ("MQTT_TLS_PORT", &tls_port), ("MQTT_CA_FILE", &ca)];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.clone()));
    let expected = format!(
        "Testing plain TCP (port {port}): OK\nTesting TLS (port {tls_port}): OK\nAll MQTT tests passed!\n"
    );
    assert_eq!(smoke_test(folder.path(), &variables), (Some(0), expected, String::new()));
}

#[rstest]
#[tokio::test]
async fn shows_the_brokers_answer_when_it_refuses(#[future(awt)] deployed: Broker) {
    let variables = with(deployed.environment(true).unwrap(), "MQTT_BACKEND_PASSWORD", "wrong");
    let (status, output, error) = smoke_test(&repository(), &variables);
    assert_eq!(status, Some(1));
    assert!(output.contains("Testing plain TCP") && output.contains("FAILED"), "{output}");
    assert!(!output.contains("passed"), "{output}");
    assert!(error.contains("not authorised"), "{error}");
}

#[rstest]
#[tokio::test]
async fn fails_when_the_brokers_certificate_does_not_verify(#[future(awt)] deployed: Broker) {
    let folder = tempfile::tempdir().unwrap();
    let foreign = folder.path().join("ca.crt");
    fs::write(&foreign, Authority::new().unwrap().certificate_pem()).unwrap();
    let variables = with(deployed.environment(true).unwrap(), "MQTT_CA_FILE", foreign.to_str().unwrap());
    let (status, output, error) = smoke_test(&repository(), &variables);
    assert_eq!(status, Some(1));
    assert!(output.contains("Testing plain TCP") && output.contains(": OK"), "{output}");
    assert!(output.contains("Testing TLS") && output.contains(": FAILED"), "{output}");
    assert!(error.contains("certificate verify failed") || error.contains("TLS error"), "{error}");
}

#[rstest]
#[tokio::test]
async fn fails_when_nothing_listens(#[future(awt)] deployed: Broker) {
    let mut broker = deployed;
    let variables = broker.environment(true).unwrap();
    broker.stop().await.unwrap();
    let (status, output, _) = smoke_test(&repository(), &variables);
    assert_eq!(status, Some(1));
    assert!(!output.contains("OK"), "{output}");
}

#[test]
fn needs_the_password() {
    let folder = script_alone();
    let (status, output, error) = smoke_test(folder.path(), &[]);
    assert_eq!((status, output.as_str()), (Some(2), ""));
    assert!(error.contains("MQTT_BACKEND_PASSWORD is not set"), "{error}");
}

#[test]
fn needs_the_client() {
    let tools = tempfile::tempdir().unwrap();
    symlink("/usr/bin/dirname", tools.path().join("dirname")).unwrap();
    let path = [("PATH".to_owned(), tools.path().to_string_lossy().into_owned())];
    let (status, output, error) = smoke_test(&repository(), &path);
    assert_eq!((status, output.as_str()), (Some(2), ""));
    assert!(error.contains("mosquitto_pub is not installed"), "{error}");
}
