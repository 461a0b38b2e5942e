use std::sync::Arc;
use std::time::Duration;

use esp32_sim::fleet::{Boot, Fleet, Identity, Plan, Promise, Share};
use esp32_sim::mqtt::QoS;
use esp32_sim::tls::Profile;
use mosquitto_fixtures::broker::{Broker, Line};
use mosquitto_fixtures::deployment::Deployment;
use mosquitto_fixtures::pki::Password;
use rstest::rstest;

use super::bench::config;
use crate::deployment_copy::repository;

const DEVICES: usize = 100;

/// The deployment's broker, and a fleet whose every device has a user of its own.
async fn plan(line: Line) -> (Broker, Plan) {
    let deployment = Deployment::open(repository()).unwrap();
    let mut builder = Broker::deployment(&deployment).line(line).throwaway_certificates();
    builder = builder.user("backend", Password::random()).user("sensor-1", Password::random());
    for index in 0..DEVICES {
        builder = builder.user(format!("plant-{index}"), Password::random());
    }
    let broker = builder.start().await.unwrap();
    let identity = |(name, password): &(String, Password)| Identity {
        id: name.clone(),
        login: Some((name.clone(), password.reveal().to_owned())),
    };
    let mut identities = broker.users().iter().map(identity);
    let observer = identities.next();
    let devices: Arc<[Identity]> = identities.skip(1).collect();
    let mut config = config(&broker);
    config.session.last_will = None;
    let plan = Plan {
        devices,
        shares: vec![Share { name: "idf-5.5".into(), config, tls: Profile::default(), weight: 1 }],
        boot: Boot::Simultaneous,
        cadence: Duration::from_millis(200),
        qos: QoS::AtLeastOnce,
        sources: Vec::new(),
        observer,
        seed: 1,
    };
    (broker, plan)
}

/// Waits until it is so.
async fn until(fleet: &Fleet, so: impl Fn(&esp32_sim::fleet::Figures) -> bool) {
    let waiting = async {
        while !so(&fleet.figures()) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let in_time = tokio::time::timeout(Duration::from_secs(60), waiting).await;
    let figures = fleet.figures();
    assert!(in_time.is_ok(), "{:?}, {:?}", figures.states, figures.failures);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fleet_connects_and_nothing_is_lost(#[values(Line::V2_0, Line::V2_1)] line: Line) {
    let (_broker, plan) = plan(line).await;
    let fleet = Fleet::start(plan).unwrap();
    until(&fleet, |figures| figures.ever_connected == DEVICES && figures.observed > 500).await;
    let figures = fleet.stop().await;
    for promise in
        [Promise::AllConnectedWithin(Duration::from_secs(60)), Promise::NothingLost, Promise::Wills(0)]
    {
        promise.check(&figures).unwrap();
    }
    assert_eq!(figures.failures.len(), 0, "{:?}", figures.failures);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_device_of_a_fleet_without_power_has_its_will_sent() {
    let (_broker, plan) = plan(Line::V2_0).await;
    let fleet = Fleet::start(plan).unwrap();
    until(&fleet, |figures| figures.ever_connected == DEVICES).await;
    fleet.power_cut();
    until(&fleet, |figures| figures.wills == DEVICES as u64).await;
    let figures = fleet.figures();
    Promise::Wills(DEVICES as u64).check(&figures).unwrap();
    assert!(Promise::Wills(0).check(&figures).is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fleet_comes_back_after_the_broker_restarted() {
    let (mut broker, plan) = plan(Line::V2_1).await;
    let fleet = Fleet::start(plan).unwrap();
    until(&fleet, |figures| figures.states.connected == DEVICES).await;
    broker.restart().await.unwrap();
    until(&fleet, |figures| figures.reconnect.len() == DEVICES as u64).await;
    let figures = fleet.stop().await;
    Promise::ReconnectWithin(Duration::from_secs(60)).check(&figures).unwrap();
    assert!(Promise::ReconnectWithin(Duration::from_millis(1)).check(&figures).is_err());
}
