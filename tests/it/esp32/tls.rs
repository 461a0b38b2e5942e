use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use esp32_sim::device::Setup;
use esp32_sim::mqtt::QoS;
use esp32_sim::tls::{Clock, Profile, Stack};
use mosquitto_fixtures::broker::{Broker, Line};
use mosquitto_fixtures::deployment::{Certificates, Deployment};
use mosquitto_fixtures::link::{Conditions, Direction, Ending};
use mosquitto_fixtures::pki::{Authority, Password};
use rstest::rstest;

use super::bench::{Bench, SENSOR, broker, config, linked};
use crate::deployment_copy::DeploymentCopy;

const HOUR: Duration = Duration::from_secs(3_600);

fn profile(stack: Stack) -> Profile {
    Profile { stack, reports_verify_flags: true, ..Profile::default() }
}

#[rstest]
#[tokio::test]
async fn device_connects_with_the_deployments_own_authority(
    #[values(Line::V2_0, Line::V2_1)] line: Line,
    #[values(Stack::Rustls, Stack::Mbedtls)] stack: Stack,
) {
    let broker = broker(line).await;
    let mut device =
        Bench::with(config(&broker), &profile(stack), Setup::host_clock(), HOUR, QoS::AtLeastOnce);
    assert_eq!(device.until("CONNECTED").await, ["BEFORECONNECT", "CONNECTED false"]);
    device.until("PUBLISHED").await;
}

#[rstest]
#[tokio::test]
async fn device_refuses_a_foreign_authority_and_the_broker_hears_unknown_ca(
    #[values(Line::V2_0, Line::V2_1)] line: Line,
    #[values(Stack::Rustls, Stack::Mbedtls)] stack: Stack,
) {
    let broker = broker(line).await;
    let mut config = config(&broker);
    config.broker.verification.certificate = Some(Authority::new().unwrap().certificate_pem());
    let mut device = Bench::with(config, &profile(stack), Setup::host_clock(), HOUR, QoS::AtLeastOnce);
    assert_eq!(device.until("DISCONNECTED").await, ["BEFORECONNECT", "ERROR 801A 2700 8 0", "DISCONNECTED"]);
    broker.wait_for_log("unknown ca").await.unwrap();
}

#[rstest]
#[tokio::test]
async fn device_without_a_trust_anchor_does_not_even_try() {
    let broker = broker(Line::V2_0).await;
    let mut config = config(&broker);
    config.broker.verification.certificate = None;
    let mut device = Bench::power_on(config);
    let seen = device.until("DISCONNECTED").await;
    assert_eq!(seen[1], "ERROR 8017 0000 0 0");
}

/// Before SNTP it is 1970 on the chip, and every certificate is of the future.
#[rstest]
#[tokio::test]
async fn device_that_checks_dates_connects_once_it_knows_the_time(
    #[values(Stack::Rustls, Stack::Mbedtls)] stack: Stack,
) {
    let broker = broker(Line::V2_0).await;
    let hardened = Profile { date_check: true, ..profile(stack) };
    let unset: Clock = Arc::new(|| UNIX_EPOCH);
    let mut device = Bench::with(config(&broker), &hardened, Arc::clone(&unset), HOUR, QoS::AtLeastOnce);
    assert_eq!(device.until("ERROR").await[1], "ERROR 801A 2700 200 0");
    let mut device = Bench::with(config(&broker), &profile(stack), unset, HOUR, QoS::AtLeastOnce);
    device.until("CONNECTED").await;
    let mut device = Bench::with(config(&broker), &hardened, Setup::host_clock(), HOUR, QoS::AtLeastOnce);
    device.until("CONNECTED").await;
}

#[rstest]
#[tokio::test]
async fn device_that_checks_dates_refuses_an_expired_certificate(
    #[values(Stack::Rustls, Stack::Mbedtls)] stack: Stack,
) {
    let broker = broker(Line::V2_0).await;
    let later: Clock = Arc::new(|| SystemTime::now() + Duration::from_secs(400 * 86_400));
    let hardened = Profile { date_check: true, ..profile(stack) };
    let mut device = Bench::with(config(&broker), &hardened, Arc::clone(&later), HOUR, QoS::AtLeastOnce);
    assert_eq!(device.until("ERROR").await[1], "ERROR 801A 2700 1 0");
    let mut device = Bench::with(config(&broker), &profile(stack), later, HOUR, QoS::AtLeastOnce);
    device.until("CONNECTED").await;
}

/// A connection stands while the broker takes up a new certificate; the next one is verified with it.
#[rstest]
#[tokio::test]
async fn device_survives_a_renewal_and_refuses_another_authoritys(
    #[values(Line::V2_0, Line::V2_1)] line: Line,
) {
    let copy = DeploymentCopy::new().certificates(&["localhost", "127.0.0.1"]);
    let deployment = Deployment::open(copy.root()).unwrap();
    let builder = Broker::deployment(&deployment).line(line).user(SENSOR, Password::random());
    let mut broker = builder.start().await.unwrap();
    let (link, config) = linked(&broker).await;
    let mut device =
        Bench::with(config, &profile(Stack::Rustls), Setup::host_clock(), HOUR, QoS::AtLeastOnce);
    device.until("PUBLISHED").await;
    let renewed = Certificates::new(&[], 30, Default::default()).unwrap();
    let _copy = copy
        .overwrite("certs/server.crt", &renewed.server.certificate_pem())
        .overwrite("certs/server.key", &renewed.server.key_pem());
    broker.reload().await.unwrap();
    device.publish("plantops/sensor-1/telemetry", b"still here", QoS::AtLeastOnce);
    assert!(!device.until("PUBLISHED").await.contains(&"DISCONNECTED".to_owned()));
    link.drop_connections(Ending::Reset);
    device.until("DISCONNECTED").await;
    assert!(device.until("ERROR").await.last().unwrap().starts_with("ERROR 801A 2700 8"));
}

/// Cut off at any byte of the handshake, it gives up, waits and comes back.
#[rstest]
#[tokio::test]
async fn device_recovers_from_a_truncated_handshake(
    #[values(Direction::Upstream, Direction::Downstream)] direction: Direction,
    #[values(1, 60, 300)] bytes: u64,
) {
    let broker = broker(Line::V2_0).await;
    let (link, config) = linked(&broker).await;
    link.truncate_after(bytes, direction, Ending::Fin);
    let mut device =
        Bench::with(config, &profile(Stack::Rustls), Setup::host_clock(), HOUR, QoS::AtLeastOnce);
    let seen = device.until("DISCONNECTED").await;
    assert!(!seen.iter().any(|event| event.starts_with("CONNECTED")), "{seen:?}");
    link.change(|conditions| *conditions = Conditions::default());
    device.until("CONNECTED").await;
}
