use std::fs;

use backend_service::service::{Error, Service};
use backend_service::settings::Settings;
use mosquitto_fixtures::broker::Broker;
use mosquitto_fixtures::client::QoS;
use mosquitto_fixtures::fixture::{authority, broker};
use mosquitto_fixtures::pki::Authority;
use rstest::rstest;
use tempfile::NamedTempFile;

use crate::{connect, plantops, settings};

/// Starts the service and lets it run as long as the test.
async fn serve(broker: &Broker, use_tls: bool) {
    let settings = settings(broker.environment(use_tls).unwrap()).unwrap();
    let service = Service::start(&settings).await.unwrap();
    tokio::spawn(service.run());
}

#[rstest]
#[case::over_tcp(false)]
#[case::over_tls(true)]
#[tokio::test]
async fn service_waters_a_dry_plant(#[case] use_tls: bool, #[future(awt)] plantops: Broker) {
    serve(&plantops, use_tls).await;

    let mut fern = connect(&plantops, "fern").await;
    fern.subscribe("plantops/fern/commands", QoS::AtLeastOnce).await.unwrap();
    fern.publish("plantops/fern/telemetry/soil", "29.9", QoS::AtLeastOnce).await.unwrap();

    assert_eq!(fern.receive().await.unwrap().payload, b"water");
}

#[rstest]
#[tokio::test]
async fn service_leaves_a_moist_plant_alone(#[future(awt)] plantops: Broker) {
    serve(&plantops, true).await;
    let mut frontend = connect(&plantops, "frontend").await;
    frontend.subscribe("plantops/+/commands", QoS::AtLeastOnce).await.unwrap();

    let mut cactus = connect(&plantops, "cactus").await;
    cactus.publish("plantops/cactus/telemetry/soil", "30", QoS::AtLeastOnce).await.unwrap();
    cactus.publish("plantops/cactus/telemetry/soil", "not a number", QoS::AtLeastOnce).await.unwrap();
    let mut fern = connect(&plantops, "fern").await;
    fern.publish("plantops/fern/telemetry/soil", "29.9", QoS::AtLeastOnce).await.unwrap();

    // Everything happens in order: a command to the cactus would come before the one to the fern.
    assert_eq!(frontend.receive().await.unwrap().topic, "plantops/fern/commands");
}

#[rstest]
#[tokio::test]
async fn service_says_that_its_password_is_wrong(#[future(awt)] broker: Broker) {
    let settings = settings(broker.environment(true).unwrap()).unwrap();
    let settings = Settings { password: "wrong".to_owned(), ..settings };

    let error = Service::start(&settings).await.err().unwrap();

    assert!(matches!(error, Error::Login), "{error}");
    assert!(error.to_string().contains("MQTT_BACKEND_PASSWORD is wrong"), "{error}");
}

#[rstest]
#[tokio::test]
async fn service_refuses_a_broker_of_a_foreign_authority(
    #[future(awt)] broker: Broker,
    #[from(authority)] foreign: Authority,
) {
    let ca_file = NamedTempFile::new().unwrap();
    fs::write(&ca_file, foreign.certificate_pem()).unwrap();
    let settings = settings(broker.environment(true).unwrap()).unwrap();
    let settings = Settings { ca_file: Some(ca_file.path().to_owned()), ..settings };

    let error = Service::start(&settings).await.err().unwrap();

    assert!(error.to_string().contains("invalid peer certificate: UnknownIssuer"), "{error}");
}
