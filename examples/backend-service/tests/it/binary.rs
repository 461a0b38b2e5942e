use std::process::Output;

use mosquitto_fixtures::broker::Broker;
use mosquitto_fixtures::client::QoS;
use mosquitto_fixtures::fixture::broker;
use rstest::rstest;
use tokio::process::Command;

use crate::{connect, plantops};

/// The real binary, as whatever deploys it starts it.
fn backend_service(broker: &Broker) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_backend-service"));
    command.envs(broker.environment(true).unwrap()).kill_on_drop(true);
    command
}

#[rstest]
#[tokio::test]
async fn binary_waters_a_dry_plant(#[future(awt)] plantops: Broker) {
    let mut fern = connect(&plantops, "fern").await;
    fern.subscribe("plantops/fern/commands", QoS::AtLeastOnce).await.unwrap();
    // A retained message waits for the service, so that the test need not.
    fern.retain("plantops/fern/telemetry/soil", "29.9").await.unwrap();

    let _service = backend_service(&plantops).spawn().unwrap();

    assert_eq!(fern.receive().await.unwrap().payload, b"water");
}

#[rstest]
#[tokio::test]
async fn binary_fails_and_says_why_when_it_is_refused(#[future(awt)] broker: Broker) {
    let ended = backend_service(&broker).env("MQTT_BACKEND_PASSWORD", "wrong").output().await;

    let Output { status, stderr, .. } = ended.unwrap();
    let stderr = String::from_utf8(stderr).unwrap();
    assert_eq!(status.code(), Some(1), "{stderr}");
    assert!(stderr.contains("MQTT_BACKEND_PASSWORD is wrong"), "{stderr}");
}
