//! Reload, stop, kill and restart.

use mosquitto_fixtures::broker::{Broker, Error, Line};
use mosquitto_fixtures::client::{QoS, Transport};
use mosquitto_fixtures::deployment::{Certificates, Deployment};
use mosquitto_fixtures::rumqttc::{AsyncClient, Event, Packet};
use rstest::rstest;

use crate::deployment_copy::DeploymentCopy;

const NAMES: [&str; 4] = ["localhost", "mosquitto", "127.0.0.1", "::1"];

/// The end-entity that the TLS listener serves.
async fn served(broker: &Broker) -> Vec<u8> {
    let attempt = broker.attempt(Transport::Tls).unwrap().without_verification();
    attempt.observe().await.unwrap().1.chain[0].to_vec()
}

#[rstest]
#[tokio::test]
async fn reload_serves_the_certificate_that_was_put_in_place(#[values(Line::V2_0, Line::V2_1)] line: Line) {
    let copy = DeploymentCopy::new().certificates(&NAMES);
    let deployment = Deployment::open(copy.root()).unwrap();
    let mut broker = Broker::deployment(&deployment).line(line).start().await.unwrap();
    let before = served(&broker).await;
    let renewed = Certificates::new(&[], 30, Default::default()).unwrap();
    let _copy = copy
        .overwrite("certs/server.crt", &renewed.server.certificate_pem())
        .overwrite("certs/server.key", &renewed.server.key_pem());
    assert_eq!(served(&broker).await, before);
    broker.reload().await.unwrap();
    assert_eq!(served(&broker).await, renewed.server.certificate_der().to_vec());
}

#[tokio::test]
async fn reload_keeps_a_connected_client() {
    let mut broker = Broker::builder().plain().start().await.unwrap();
    let mut client = broker.attempt(Transport::Tcp).unwrap().connect().await.unwrap();
    client.subscribe("still", QoS::AtLeastOnce).await.unwrap();
    broker.reload().await.unwrap();
    client.publish("still", "here", QoS::AtLeastOnce).await.unwrap();
    assert_eq!(client.receive().await.unwrap().payload, b"here");
}

#[tokio::test]
async fn a_reload_that_ends_the_broker_is_an_error() {
    let copy = DeploymentCopy::new().certificates(&NAMES);
    let deployment = Deployment::open(copy.root()).unwrap();
    let mut broker = Broker::deployment(&deployment).line(Line::V2_1).start().await.unwrap();
    let _copy = copy.overwrite("mosquitto/acl", "usr backend\n");
    let error = broker.reload().await.unwrap_err();
    assert!(matches!(error, Error::Died { exit_code: Some(_), .. }), "{error}");
}

#[tokio::test]
async fn stop_ends_the_broker_with_exit_code_0() {
    let mut broker = Broker::builder().plain().start().await.unwrap();
    assert_eq!(broker.exit_code().await.unwrap(), None);
    assert_eq!(broker.stop().await.unwrap(), 0);
    assert_eq!(broker.exit_code().await.unwrap(), Some(0));
    let log = broker.log();
    assert!(log.iter().any(|line| line.ends_with("terminating")), "{log:#?}");
}

#[tokio::test]
async fn kill_ends_the_broker_as_a_power_cut_would() {
    let mut broker = Broker::builder().plain().start().await.unwrap();
    assert_eq!(broker.kill().await.unwrap(), 137);
    let log = broker.log();
    assert!(!log.iter().any(|line| line.ends_with("terminating")), "{log:#?}");
}

#[tokio::test]
async fn restart_keeps_retained_messages_and_endpoints() {
    let copy = DeploymentCopy::new().certificates(&NAMES);
    let deployment = Deployment::open(copy.root()).unwrap();
    let builder = Broker::deployment(&deployment).user("backend", "secret");
    let mut broker = builder.start().await.unwrap();
    let mut client = broker.attempt_as_user(Transport::Tls).unwrap().connect().await.unwrap();
    client.retain("plantops/kept", "through the restart").await.unwrap();
    client.disconnect().await.unwrap();
    let endpoints = broker.endpoints();

    broker.restart().await.unwrap();

    assert_eq!(broker.endpoints(), endpoints);
    let mut client = broker.attempt_as_user(Transport::Tls).unwrap().connect().await.unwrap();
    client.subscribe("plantops/kept", QoS::AtLeastOnce).await.unwrap();
    let message = client.receive().await.unwrap();
    assert_eq!((message.payload.as_slice(), message.retain), (b"through the restart".as_slice(), true));
}

/// Nothing here says that the address is the same: the client has only the one it began with.
#[rstest]
#[case::stopped(false)]
#[case::killed(true)]
#[tokio::test]
async fn client_reconnects_to_the_address_it_had(#[case] killed: bool) {
    let mut broker = Broker::builder().plain().tls().start().await.unwrap();
    let options = broker.rumqttc_options(Transport::Tls, "service").unwrap();
    let (_client, mut events) = AsyncClient::new(options, 4);
    while !matches!(events.poll().await.unwrap(), Event::Incoming(Packet::ConnAck(_))) {}
    if killed {
        broker.kill().await.unwrap()
    } else {
        broker.stop().await.unwrap()
    };
    while events.poll().await.is_ok() {}
    // Nobody listens, and nobody else gets the port.
    assert!(events.poll().await.is_err());

    broker.restart().await.unwrap();

    while !matches!(events.poll().await.unwrap(), Event::Incoming(Packet::ConnAck(_))) {}
}

#[tokio::test]
async fn the_log_can_be_waited_for() {
    let broker = Broker::builder().plain().start().await.unwrap();
    let client = broker.attempt(Transport::Tcp).unwrap().client_id("a-name-of-its-own");
    client.run().await.unwrap();
    broker.wait_for_log("a-name-of-its-own").await.unwrap();
}
