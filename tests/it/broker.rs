//! Brokers of a few calls.

use std::net::{SocketAddr, TcpStream};
use std::process::Command;
use std::time::Duration;

use mosquitto_fixtures::broker::{Broker, Error, Image, Line};
use mosquitto_fixtures::client::{self, QoS, ReturnCode, Transport, Verdict};
use mosquitto_fixtures::fixture::{authority, broker, deployed};
use mosquitto_fixtures::pki::Authority;
use rstest::rstest;
use tokio::net::TcpSocket;

#[rstest]
#[tokio::test]
async fn every_transport_lets_the_user_in_and_nobody_else(#[values(Line::V2_0, Line::V2_1)] line: Line) {
    let builder = Broker::builder().plain().tls().websocket().websocket_tls().user("backend", "secret");
    let broker = builder.line(line).start().await.unwrap();
    for transport in Transport::ALL {
        let attempt = broker.attempt(transport).unwrap();
        let not_authorised = Verdict::RefusedAtConnect { code: ReturnCode::NotAuthorised };
        assert_eq!(attempt.clone().run().await.unwrap(), not_authorised, "{transport}");
        let wrong = attempt.clone().login("backend", "wrong");
        assert_eq!(wrong.run().await.unwrap(), not_authorised, "{transport}");
        let right = attempt.login("backend", "secret");
        assert_eq!(right.run().await.unwrap(), Verdict::Accepted, "{transport}");
    }
}

#[rstest]
#[tokio::test]
async fn a_message_crosses_from_every_transport_to_every_other(#[future(awt)] broker: Broker) {
    for to in Transport::ALL {
        let mut subscriber = broker.attempt_as_user(to).unwrap().connect().await.unwrap();
        subscriber.subscribe("crossing", QoS::ExactlyOnce).await.unwrap();
        for from in Transport::ALL {
            let mut publisher = broker.attempt_as_user(from).unwrap().connect().await.unwrap();
            publisher.publish("crossing", from.scheme(), QoS::ExactlyOnce).await.unwrap();
            assert_eq!(subscriber.receive().await.unwrap().payload, from.scheme().as_bytes());
        }
    }
}

#[tokio::test]
async fn without_a_user_anybody_is_let_in() {
    let broker = Broker::builder().plain().start().await.unwrap();
    let verdict = broker.attempt(Transport::Tcp).unwrap().run().await.unwrap();
    assert_eq!(verdict, Verdict::Accepted);
}

#[tokio::test]
async fn the_acl_decides_who_publishes() {
    let acl = "user writer\ntopic write allowed\nuser reader\ntopic read allowed\n";
    let builder = Broker::builder().plain().user("reader", "secret").user("writer", "secret").acl(acl);
    let broker = builder.start().await.unwrap();
    let attempt = broker.attempt(Transport::Tcp).unwrap();
    let mut reader = attempt.clone().login("reader", "secret").connect().await.unwrap();
    let mut writer = attempt.login("writer", "secret").connect().await.unwrap();
    reader.subscribe("allowed", QoS::AtLeastOnce).await.unwrap();
    reader.publish("allowed", "by the reader", QoS::AtLeastOnce).await.unwrap();
    writer.publish("allowed", "by the writer", QoS::AtLeastOnce).await.unwrap();
    assert_eq!(reader.receive_until(b"by the writer").await.unwrap().len(), 1);
}

#[rstest]
#[tokio::test]
async fn a_client_that_trusts_another_authority_refuses_the_broker(
    #[future(awt)] broker: Broker,
    authority: Authority,
) {
    let endpoint = broker.endpoint(Transport::Tls).unwrap();
    let distrusting = mosquitto_fixtures::client::Attempt::new(endpoint);
    let verdict = distrusting.clone().trust(authority.certificate_der()).run().await.unwrap();
    assert_eq!(verdict.to_string(), "refused in TLS by the client, alert unknown_ca");
    // The control: one that does not verify is as good as let in.
    let verdict = distrusting.without_verification().run().await.unwrap();
    assert!(matches!(verdict, Verdict::RefusedAtConnect { .. }), "{verdict}");
}

#[tokio::test]
async fn container_is_reached_at_its_own_address_by_the_transports_it_has() {
    let broker = Broker::builder().plain().tls().start().await.unwrap();
    let (plain, tls) =
        (broker.container_address(Transport::Tcp).await, broker.container_address(Transport::Tls).await);
    assert_ne!(plain, tls);
    for address in [plain.unwrap(), tls.unwrap()] {
        assert!(!address.ip().is_loopback(), "{address}");
        tokio::net::TcpStream::connect(address).await.unwrap();
    }
    assert_eq!(broker.container_address(Transport::WebSocket).await, None);
}

#[tokio::test]
async fn brokers_run_beside_each_other() {
    let start = || Broker::builder().plain().start();
    let brokers = futures_util::future::try_join_all((0..4).map(|_| start())).await.unwrap();
    let mut ports: Vec<u16> =
        brokers.iter().map(|broker| broker.endpoint(Transport::Tcp).unwrap().port).collect();
    ports.sort_unstable();
    ports.dedup();
    assert_eq!(ports.len(), 4);
}

#[rstest]
#[tokio::test]
async fn ports_are_published_on_loopback_alone(#[future(awt)] broker: Broker) {
    let inspect = ["inspect", "--format", "{{json .NetworkSettings.Ports}}", broker.container_id()];
    let output = Command::new("docker").args(inspect).output().unwrap();
    let ports: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let published: Vec<&serde_json::Value> =
        ports.as_object().unwrap().values().filter_map(serde_json::Value::as_array).flatten().collect();
    assert_eq!(published.len(), 4);
    assert!(published.iter().all(|binding| binding["HostIp"] == "127.0.0.1"), "{published:?}");
}

#[rstest]
#[tokio::test]
async fn the_stock_client_connects_with_the_options_it_is_handed(#[future(awt)] broker: Broker) {
    for transport in [Transport::Tcp, Transport::Tls] {
        let options = broker.rumqttc_options(transport, "stock").unwrap();
        let (_client, mut events) = mosquitto_fixtures::rumqttc::AsyncClient::new(options, 4);
        let event = events.poll().await.unwrap();
        assert!(format!("{event:?}").contains("ConnAck"), "{event:?}");
    }
}

#[tokio::test]
async fn the_stock_client_connects_as_any_user() {
    let builder = Broker::builder().plain().user("backend", "secret").user("fern", "another");
    let broker = builder.start().await.unwrap();
    let options = broker.rumqttc_options_as("fern", Transport::Tcp, "stock").unwrap();
    assert_eq!(options.credentials().unwrap().username, "fern");
    let (_client, mut events) = mosquitto_fixtures::rumqttc::AsyncClient::new(options, 4);
    let event = events.poll().await.unwrap();
    assert!(format!("{event:?}").contains("ConnAck"), "{event:?}");
    let unknown = broker.rumqttc_options_as("cactus", Transport::Tcp, "stock");
    assert!(matches!(unknown, Err(Error::NoUser(name)) if name == "cactus"));
}

#[rstest]
#[tokio::test]
async fn an_option_is_the_brokers(#[values(Line::V2_0, Line::V2_1)] line: Line) {
    let builder = Broker::builder().plain().line(line);
    let broker = builder.clone().option("message_size_limit", "5").start().await.unwrap();
    let stamped = |broker: &Broker| {
        let log = broker.log();
        let running = log.iter().find(|line| line.ends_with(" running")).unwrap();
        !running.starts_with("mosquitto version")
    };
    let mut client = broker.attempt(Transport::Tcp).unwrap().connect().await.unwrap();
    client.subscribe("limited", QoS::AtLeastOnce).await.unwrap();
    client.publish("limited", "too long", QoS::AtLeastOnce).await.unwrap();
    client.publish("limited", "short", QoS::AtLeastOnce).await.unwrap();
    assert_eq!(client.receive_until(b"short").await.unwrap().len(), 1);
    assert!(stamped(&broker));
    let broker = builder.option("log_timestamp", "false").start().await.unwrap();
    assert!(!stamped(&broker));
}

/// A port that the kernel gives to nobody else, and on which the engine may listen.
fn kept_port() -> (TcpSocket, u16) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    socket.set_reuseaddr(true).unwrap();
    let port = socket.local_addr().unwrap().port();
    (socket, port)
}

#[tokio::test]
async fn a_host_port_can_be_asked_for_and_is_named_when_it_is_taken() {
    let (_socket, port) = kept_port();
    let builder = Broker::builder().plain().tls().host_port(Transport::Tls, port);
    let broker = builder.clone().start().await.unwrap();
    let address = broker.address(Transport::Tls).unwrap();
    assert_eq!(address, SocketAddr::from(([127, 0, 0, 1], port)));
    assert!(TcpStream::connect(address).is_ok());
    assert_ne!(broker.address(Transport::Tcp).unwrap().port(), port);
    let error = builder.start().await.unwrap_err();
    assert!(matches!(error, Error::PortTaken { port: named } if named == port), "{error}");
    // Where only the engine can tell.
    let (_socket, port) = kept_port();
    let twice = Broker::builder().plain().tls().host_port(Transport::Tls, port);
    let error = twice.host_port(Transport::Tcp, port).start().await.unwrap_err();
    assert!(matches!(error, Error::PortTaken { port: named } if named == port), "{error}");
}

#[tokio::test]
async fn a_host_port_is_for_a_listener_that_there_is() {
    let error = Broker::builder().plain().host_port(Transport::WebSocket, 0).start().await.unwrap_err();
    assert!(matches!(error, Error::NoListener(Transport::WebSocket)), "{error}");
    let broker = Broker::builder().plain().host_port(Transport::Tcp, 0).start().await.unwrap();
    assert!(matches!(broker.address(Transport::Tls), Err(Error::NoListener(Transport::Tls))));
}

#[tokio::test]
async fn a_message_that_does_not_come_is_named_and_the_log_stands_beside_it() {
    let broker = Broker::builder().plain().start().await.unwrap();
    let attempt = broker.attempt(Transport::Tcp).unwrap().client_id("waiting");
    let mut client = attempt.deadline(Duration::from_millis(500)).connect().await.unwrap();
    let endpoint = broker.endpoint(Transport::Tcp).unwrap();
    let said = |error: &client::Error| error.to_string();
    let error = client.receive().await.unwrap_err();
    assert_eq!(
        said(&error),
        format!("{endpoint}: no message within 500ms, and this client has subscribed to nothing")
    );
    client.subscribe("plantops/fern/#", QoS::AtLeastOnce).await.unwrap();
    client.subscribe("plantops/+/status", QoS::AtLeastOnce).await.unwrap();
    let error = client.receive_until(b"end").await.unwrap_err();
    let expected = "no message \"end\" within 500ms, subscribed to plantops/fern/#, plantops/+/status";
    assert_eq!(said(&error), format!("{endpoint}: {expected}"));
    broker.wait_for_log("as waiting").await.unwrap();
    let error = broker.with_log(error).to_string();
    assert!(error.contains(expected) && error.contains("the broker's log ends with:\n"), "{error}");
    assert!(error.contains("as waiting"), "{error}");
}

#[rstest]
#[tokio::test]
async fn a_client_of_another_language_connects_with_the_environment(#[future(awt)] broker: Broker) {
    let environment = broker.environment(true).unwrap();
    let script = r#"
        printf -- '--pw %s\n' "$MQTT_BACKEND_PASSWORD" >"$XDG_CONFIG_HOME/mosquitto_pub"
        mosquitto_pub --host "$MQTT_HOST" --port "$MQTT_TLS_PORT" --cafile "$MQTT_CA_FILE" \
            --username "$MQTT_BACKEND_USER" --topic from --message "another language" --qos 1"#;
    let home = tempfile::tempdir().unwrap();
    let mut subscriber = broker.attempt_as_user(Transport::WebSocket).unwrap().connect().await.unwrap();
    subscriber.subscribe("from", QoS::AtLeastOnce).await.unwrap();
    let mut command = Command::new("sh");
    command.args(["-c", script]).envs(environment).env("XDG_CONFIG_HOME", home.path());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(subscriber.receive().await.unwrap().payload, b"another language");
}

#[rstest]
#[tokio::test]
async fn a_deployments_configuration_runs_as_it_stands(#[future(awt)] deployed: Broker) {
    assert_eq!(deployed.listening().await.unwrap(), [1883, 8883, 9001]);
    let verdict = deployed.attempt_as_user(Transport::Tls).unwrap().run().await.unwrap();
    assert_eq!(verdict, Verdict::Accepted);
}

#[rstest]
#[tokio::test]
async fn a_password_that_mosquitto_hashed_is_accepted_beside_ours(
    #[values(Line::V2_0, Line::V2_1)] line: Line,
) {
    let first = Broker::builder().plain().user("ours", "secret").line(line).start().await.unwrap();
    let script = "mosquitto_passwd -b -c /tmp/passwd theirs secret && cat /tmp/passwd";
    let output =
        Command::new("docker").args(["exec", first.container_id(), "sh", "-c", script]).output().unwrap();
    let users = mosquitto_fixtures::pki::PasswordFile::parse(&output.stdout).users(line).unwrap();
    assert_eq!(users.admits("theirs", &"secret".into()), Some(true), "{output:?}");
    assert_eq!(users.admits("theirs", &"wrong".into()), Some(false));
}

#[tokio::test]
async fn the_image_can_be_named() {
    let first = Broker::builder().plain().line(Line::V2_1).start().await.unwrap();
    let image = Image::new(first.image().to_string());
    let second = Broker::builder().plain().image(image.clone()).start().await.unwrap();
    assert_eq!(second.image(), &image);
    assert!(second.version().starts_with("2.1."), "{}", second.version());
}
