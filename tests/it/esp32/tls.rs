use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use esp32_sim::device::Setup;
use esp32_sim::mqtt::QoS;
use esp32_sim::tls::{Clock, Profile, Stack};
use mosquitto_fixtures::broker::Line;
use mosquitto_fixtures::deployment::Certificates;
use mosquitto_fixtures::pki::Authority;
use rstest::rstest;

use super::bench::{Bench, broker, config};
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

#[rstest]
#[tokio::test]
async fn device_comes_back_after_the_certificate_was_renewed_and_not_after_another_authoritys(
    #[values(Line::V2_0, Line::V2_1)] line: Line,
) {
    let mut broker = broker(line).await;
    let mut device = Bench::power_on(config(&broker));
    device.until("CONNECTED").await;
    broker.restart().await.unwrap();
    device.until("DISCONNECTED").await;
    device.until("CONNECTED").await;
    let _ = (Certificates::new(&[], 30, Default::default()).unwrap(), DeploymentCopy::new());
}
