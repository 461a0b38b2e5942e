use std::collections::HashMap;
use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use mosquitto_fixtures::client::{self, Attempt, Connection, Endpoint, QoS, Transport};
use rstest::rstest;
use serde_json::Value;
use tokio::net::TcpSocket;

use crate::engine::{containers, containers_of, mosquitto_fixtures, wait_until};

/// The detached broker of a test, ended with it.
struct Detached(String);

impl Drop for Detached {
    fn drop(&mut self) {
        let _ = mosquitto_fixtures().args(["down", &self.0]).output();
    }
}

fn up_detached(arguments: &[&str]) -> (Detached, Value) {
    let mut command = mosquitto_fixtures();
    let output = command.args(["up", "--detach", "--format", "json"]).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let broker: Value = serde_json::from_slice(&output.stdout).unwrap();
    (Detached(broker["container"].as_str().unwrap().to_owned()), broker)
}

/// A broker that ends with the test, and that no sweep takes for abandoned: its process lives.
struct Foreground(Child);

impl Foreground {
    fn up(arguments: &[&str], image: Option<&str>) -> (Self, Value) {
        let mut command = mosquitto_fixtures();
        command.args(["up", "--until-eof", "--format", "json"]).args(arguments);
        command.envs(image.map(|image| ("MOSQUITTO_IMAGE", image)));
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let said = serde_json::Deserializer::from_reader(child.stdout.take().unwrap());
        let broker = said.into_iter().next().and_then(Result::ok);
        (Self(child), broker.expect("standard error says why there is no broker"))
    }
}

impl Drop for Foreground {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

fn environment(broker: &Value) -> HashMap<String, String> {
    serde_json::from_value(broker["environment"].clone()).unwrap()
}

/// A client of the listener for MQTT.
async fn connect(port: u16, user: &str, password: &str) -> Result<Connection, client::Error> {
    let endpoint = Endpoint::new(Transport::Tcp, "127.0.0.1", port);
    Attempt::new(endpoint).login(user, password).connect().await
}

/// A port that the kernel gives to nobody else, and on which the engine may listen.
fn kept_port() -> (TcpSocket, u16) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    socket.set_reuseaddr(true).unwrap();
    let port = socket.local_addr().unwrap().port();
    (socket, port)
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
    let (detached, broker) = up_detached(&[]);
    let environment = environment(&broker);
    assert!(publish(&environment), "{environment:?}");
    let down = mosquitto_fixtures().args(["down", &detached.0]).output().unwrap();
    assert_eq!(down.status.code(), Some(0), "{down:?}");
    assert!(!publish(&environment));
    assert!(!Path::new(&environment["MQTT_CA_FILE"]).exists());
    assert!(!containers("mosquitto-fixtures.owner-pid=0").contains(&detached.0));
    // To end it twice is no error.
    let again = mosquitto_fixtures().args(["down", &detached.0]).output().unwrap();
    assert_eq!(again.status.code(), Some(0), "{again:?}");
    let said = String::from_utf8_lossy(&again.stderr).into_owned();
    assert!(said.contains("there is no container") && said.contains(&detached.0), "{said}");
}

#[test]
fn a_detached_broker_stays_as_long_as_it_was_asked_to() {
    let since_1970 = |broker: &Value| Duration::from_secs(broker["expires"].as_u64().unwrap());
    let left =
        |expires: Duration| (UNIX_EPOCH + expires).duration_since(SystemTime::now()).unwrap_or_default();
    let hours = |hours: u64| Duration::from_secs(hours * 3600);
    let (day, broker) = up_detached(&[]);
    assert!((hours(23)..=hours(24)).contains(&left(since_1970(&broker))), "{broker}");
    let (_week, broker) = up_detached(&["--for", "7d"]);
    assert!((hours(167)..=hours(168)).contains(&left(since_1970(&broker))), "{broker}");
    let (moment, broker) = up_detached(&["--for", "1ms"]);
    let there = |broker: &Detached| containers("mosquitto-fixtures.owner-pid=0").contains(&broker.0);
    wait_until(|| SystemTime::now() > UNIX_EPOCH + since_1970(&broker) + Duration::from_secs(1));
    up_detached(&[]);
    assert!(there(&day) && !there(&moment));
}

#[tokio::test]
async fn users_rights_options_and_port_are_those_that_were_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let acl = folder.path().join("acl");
    fs::write(&acl, "user fern\ntopic readwrite fern/#\nuser cactus\ntopic read fern/#\n").unwrap();
    let (_socket, port) = kept_port();
    let number = port.to_string();
    let users = ["--user", "fern", "--user", "cactus:of:two", "--acl", acl.to_str().unwrap()];
    let options = ["--option", "message_size_limit  5", "--port", &number];
    let (_up, broker) = Foreground::up(&[&users[..], &options].concat(), None);
    let environment = environment(&broker);
    let fern = environment["MQTT_PASSWORD_FERN"].as_str();
    let expected = [
        ("MQTT_PORT", port.to_string()),
        ("MQTT_BACKEND_USER", "fern".to_owned()),
        ("MQTT_BACKEND_PASSWORD", fern.to_owned()),
        ("MQTT_PASSWORD_CACTUS", "of:two".to_owned()),
    ];
    for (name, value) in expected {
        assert_eq!(environment[name], value, "{name}");
    }
    assert!(fern.len() == 32 && !environment.contains_key("MQTT_PASSWORD_BACKEND"), "{environment:?}");
    assert!(connect(port, "backend", fern).await.is_err());
    let mut fern = connect(port, "fern", fern).await.unwrap();
    let mut cactus = connect(port, "cactus", "of:two").await.unwrap();
    cactus.subscribe("fern/#", QoS::AtLeastOnce).await.unwrap();
    cactus.publish("fern/a", "deny", QoS::AtLeastOnce).await.unwrap();
    fern.publish("fern/a", "too long", QoS::AtLeastOnce).await.unwrap();
    fern.publish("fern/a", "short", QoS::AtLeastOnce).await.unwrap();
    assert_eq!(cactus.receive_until(b"short").await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_broker_that_is_restarted_is_where_it_was() {
    let (_up, broker) = Foreground::up(&["--user", "fern:secret"], None);
    let port = environment(&broker)["MQTT_PORT"].parse().unwrap();
    assert!(connect(port, "fern", "secret").await.is_ok());
    let container = broker["container"].as_str().unwrap();
    let restart = Command::new("docker").args(["restart", container]).output().unwrap();
    assert!(restart.status.success(), "{restart:?}");
    while connect(port, "fern", "secret").await.is_err() {}
}

#[test]
fn a_port_that_is_taken_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    for option in ["--port", "--tls-port", "--ws-port"] {
        let output = mosquitto_fixtures().args(["up", option, &port, "--", "true"]).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        let expected = format!(
            "mosquitto-fixtures: port {port} of 127.0.0.1 is taken: end what listens there, or choose another one\n"
        );
        assert_eq!((output.status.code(), said), (Some(2), expected));
    }
}

#[rstest]
#[case::text("text", "  user                   cactus, password secret\n")]
#[case::env("env", "\nMQTT_PASSWORD_CACTUS=secret\n")]
#[case::json("json", "\"MQTT_PASSWORD_CACTUS\": \"secret\"")]
fn every_format_names_every_user(#[case] format: &str, #[case] expected: &str) {
    let mut command = mosquitto_fixtures();
    command.args(["up", "--until-eof", "--format", format, "--user", "fern", "--user", "cactus:secret"]);
    let output = command.stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains(expected) && said.to_lowercase().contains("fern"), "{said}");
}

/// Its own users stay, and one that `user add` added is among them.
#[tokio::test]
async fn a_deployments_users_are_let_in_beside_those_that_were_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("mosquitto")).unwrap();
    let config = "password_file /mosquitto/certs/passwd\nlistener 1883\n";
    fs::write(folder.path().join("mosquitto/mosquitto.conf"), config).unwrap();
    let call = |arguments: &[&str]| {
        let output = mosquitto_fixtures().args(arguments).current_dir(folder.path()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    call(&["certs"]);
    let added = call(&["user", "add", "fern"]);
    let deployment = folder.path().to_str().unwrap();
    for image in images() {
        let arguments = ["--deployment", deployment, "--user", "cactus:secret"];
        let (_up, broker) = Foreground::up(&arguments, Some(&image));
        let port = environment(&broker)["MQTT_PORT"].parse().unwrap();
        assert!(connect(port, "cactus", "secret").await.is_ok());
        assert!(connect(port, "fern", added.trim_end()).await.is_ok());
        assert!(connect(port, "fern", "another").await.is_err());
    }
}

/// One of each line.
fn images() -> [String; 2] {
    ["2.0", "2.1"].map(|line| {
        let name = concat!(env!("CARGO_MANIFEST_DIR"), "/../mosquitto/image/name");
        let output = Command::new(name).arg(line).env_remove("MOSQUITTO_IMAGE").output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    })
}

#[test]
fn text_says_how_a_broker_is_ended() {
    let output = mosquitto_fixtures().args(["up", "--detach", "--for", "90m"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let id = text.split_once(", container ").unwrap().1.lines().next().unwrap();
    let _detached = Detached(id.to_owned());
    let expected = format!("`mosquitto-fixtures down {id}` ends it; after 90m, the next start does");
    assert_eq!(text.lines().last(), Some(expected.as_str()));
}

#[test]
fn a_broker_that_cannot_be_told_of_is_not_left() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = mosquitto_fixtures();
    command.args(["up", "--detach"]).env("TMPDIR", folder.path());
    let output = command.stdout(fs::File::create("/dev/full").unwrap()).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.starts_with("mosquitto-fixtures: the output cannot be written: "), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    // It goes with its container.
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn paths_are_absolute_whatever_the_deployment_is_called() {
    let deployment = tempfile::tempdir().unwrap();
    fs::create_dir_all(deployment.path().join("mosquitto")).unwrap();
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/../mosquitto");
    for name in ["mosquitto.conf", "acl"] {
        fs::copy(Path::new(own).join(name), deployment.path().join("mosquitto").join(name)).unwrap();
    }
    let mut certs = mosquitto_fixtures();
    assert!(certs.arg("certs").current_dir(deployment.path()).output().unwrap().status.success());
    let mut up = mosquitto_fixtures();
    let up =
        up.args(["up", "--detach", "--deployment", ".", "--format", "json"]).current_dir(deployment.path());
    let output = up.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let broker: Value = serde_json::from_slice(&output.stdout).unwrap();
    let _detached = Detached(broker["container"].as_str().unwrap().to_owned());
    let file = Path::new(broker["environment"]["MQTT_CA_FILE"].as_str().unwrap());
    assert!(file.is_absolute() && file.is_file(), "{}", file.display());
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
    let id = lines.find_map(|line| line.unwrap().strip_prefix("MOSQUITTO_FIXTURES_ID=").map(str::to_owned));
    assert!(containers_of(child.id()).contains(&id.unwrap()));
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
    // What others left behind goes too.
    assert!(removed.starts_with("removed: "), "{removed}");
}
