use std::time::Duration;

use esp32_sim::client::Config;
use esp32_sim::device::{Command, Order, Setup};
use esp32_sim::mqtt::QoS;
use esp32_sim::plantops::{Acknowledgement, Telemetry};
use esp32_sim::tls::Profile;
use mosquitto_fixtures::broker::{Broker, Line};
use mosquitto_fixtures::client::{QoS as Quality, Transport};
use mosquitto_fixtures::deployment::Deployment;
use mosquitto_fixtures::pki::Password;
use rstest::rstest;

use crate::deployment_copy::{DeploymentCopy, repository};

use super::bench::{Bench, SENSOR, backend, broker, config, linked};

fn every(cadence: Duration, config: Config) -> Bench {
    Bench::with(config, &Profile::default(), Setup::host_clock(), cadence, QoS::AtLeastOnce)
}

#[rstest]
#[tokio::test]
async fn device_is_kept_to_its_topics(#[values(Line::V2_0, Line::V2_1)] line: Line) {
    let broker = broker(line).await;
    let mut backend = broker.attempt_as("backend", Transport::Tcp).unwrap().connect().await.unwrap();
    backend.subscribe("plantops/#", Quality::AtLeastOnce).await.unwrap();
    let mut device = Bench::power_on(config(&broker));
    device.until("SUBSCRIBED").await;
    // Acknowledged like any other, and dropped.
    device.publish("plantops/sensor-2/telemetry", b"forged", QoS::AtLeastOnce);
    device.publish(&format!("plantops/{SENSOR}/commands/water"), b"forged", QoS::AtLeastOnce);
    device.publish(&format!("plantops/{SENSOR}/telemetry"), b"own", QoS::AtLeastOnce);
    let seen = backend.receive_until(b"own").await.unwrap();
    assert!(seen.iter().all(|message| message.payload != b"forged"), "{seen:?}");
}

/// With the outbox of esp-mqtt, whatever the session.
#[rstest]
#[tokio::test]
async fn nothing_of_qos_1_is_lost_when_the_broker_restarts(#[values(Line::V2_0, Line::V2_1)] line: Line) {
    let mut broker = broker(line).await;
    let attempt = broker.attempt_as("backend", Transport::Tcp).unwrap().persistent_session("reader");
    let mut reader = attempt.connect().await.unwrap();
    reader.subscribe(&format!("plantops/{SENSOR}/telemetry"), Quality::AtLeastOnce).await.unwrap();
    let mut config = config(&broker);
    // However long a busy machine takes: half a minute is enough on the chip, and what it has sent without an answer it
    // sends again one a second.
    config.kconfig.outbox_expired_timeout = Duration::from_secs(600);
    let mut device = every(Duration::from_millis(50), config);
    device.until("PUBLISHED").await;
    let mut seen = vec![sequence(&reader.receive().await.unwrap().payload)];
    reader.disconnect().await.unwrap();
    broker.restart().await.unwrap();
    device.until("DISCONNECTED").await;
    device.until("CONNECTED").await;
    let attempt = broker.attempt_as("backend", Transport::Tcp).unwrap().persistent_session("reader");
    let mut reader = attempt.connect().await.unwrap();
    device.publish(&format!("plantops/{SENSOR}/telemetry"), b"end", QoS::AtLeastOnce);
    // What was published before the end may still be resent after it, one message a turn.
    while !(0..20).all(|number| seen.contains(&number)) {
        let message = reader.receive().await.unwrap();
        if message.payload != b"end" {
            seen.push(sequence(&message.payload));
        }
    }
}

/// The same with QoS 0 has a gap: what is published without a connection is thrown away.
#[tokio::test]
async fn qos_0_is_lost_while_there_is_no_connection() {
    let broker = broker(Line::V2_0).await;
    let mut reader = backend(&broker, "telemetry").await;
    let (link, mut config) = linked(&broker).await;
    config.network.disable_auto_reconnect = true;
    let mut device = Bench::power_on(config);
    device.until("SUBSCRIBED").await;
    link.down();
    device.until("DISCONNECTED").await;
    let topic = format!("plantops/{SENSOR}/telemetry");
    device.publish(&topic, b"lost", QoS::AtMostOnce);
    device.publish(&topic, b"kept", QoS::AtLeastOnce);
    link.up();
    device.orders.send(Order::Command(Command::Reconnect)).unwrap();
    let seen = reader.receive_until(b"kept").await.unwrap();
    assert_eq!(seen.len(), 1, "{seen:?}");
}

#[rstest]
#[tokio::test]
async fn ota_image_arrives_in_parts_of_a_kibibyte_while_telemetry_goes_on(
    #[values(Line::V2_0, Line::V2_1)] line: Line,
) {
    // Without this, 2.1 takes no packet of more than 2,000,000 bytes.
    let settings = std::fs::read_to_string(repository().join("mosquitto/mosquitto.conf")).unwrap();
    let settings = format!("max_packet_size {}\n{settings}", 8 << 20);
    let copy =
        DeploymentCopy::new().certificates(&["localhost"]).overwrite("mosquitto/mosquitto.conf", &settings);
    let deployment = Deployment::open(copy.root()).unwrap();
    let builder = Broker::deployment(&deployment).line(line).user("backend", Password::random());
    let broker = builder.user(SENSOR, Password::random()).start().await.unwrap();
    let mut device = every(Duration::from_millis(20), config(&broker));
    device.until("SUBSCRIBED").await;
    let mut reader = backend(&broker, "telemetry").await;
    reader.subscribe(&format!("plantops/{SENSOR}/status/ack"), Quality::AtLeastOnce).await.unwrap();
    let image: Vec<u8> = (0..4 << 20).map(|index: u32| (index % 251) as u8).collect();
    send_image(&broker, &image);
    let mut telemetry = 0;
    let acknowledgement = loop {
        let message = reader.receive().await.unwrap();
        if message.topic.ends_with("/status/ack") {
            break serde_json::from_slice::<Acknowledgement>(&message.payload).unwrap();
        }
        telemetry += usize::from(message.topic.ends_with("/telemetry"));
    };
    assert_eq!((acknowledgement.done, acknowledgement.bytes), (true, image.len()));
    assert_eq!(acknowledgement.sha256.as_deref(), Some(sha256(&image).as_str()));
    assert!(telemetry > 0, "none meanwhile");
    // The first part has the topic, and no part is longer than the buffer.
    let parts = device.until("DATA plantops").await;
    assert!(parts.last().unwrap().contains(" 0+"), "{:?}", parts.last());
    let next = device.until("DATA  ").await;
    let length: usize = next.last().unwrap().split(['+', '/']).nth(1).unwrap().parse().unwrap();
    assert!((1..=1_024).contains(&length), "{length}");
}

/// By `mosquitto_pub`: to rumqttc the packet is too long.
fn send_image(broker: &Broker, image: &[u8]) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), image).unwrap();
    let url = broker.endpoint(Transport::Tcp).unwrap().url();
    let (host, port) = url.strip_prefix("mqtt://").unwrap().split_once(':').unwrap();
    let (_, password) = broker.users().iter().find(|(name, _)| name == "backend").unwrap();
    let topic = format!("plantops/{SENSOR}/commands/ota");
    let mut client = std::process::Command::new("mosquitto_pub");
    client.args([
        "-h",
        host,
        "-p",
        port,
        "-u",
        "backend",
        "-P",
        password.reveal(),
        "-q",
        "1",
        "-t",
        &topic,
        "-f",
    ]);
    assert!(client.arg(file.path()).status().unwrap().success());
}

fn sequence(payload: &[u8]) -> u32 {
    serde_json::from_slice::<Telemetry>(payload).unwrap().sequence
}

fn sha256(bytes: &[u8]) -> String {
    openssl::sha::sha256(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
