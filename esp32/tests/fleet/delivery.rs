use std::time::Duration;

use esp32_sim::fleet::{Fleet, Promise};

use crate::peer::{Faults, Peer};
use crate::plan::{identity, plan, until};

/// Ten devices with an observer that has subscribed before they publish.
async fn observed(faults: Faults) -> (Peer, Fleet) {
    let peer = Peer::start(faults).await;
    let mut plan = plan("127.0.0.1", peer.port, 10);
    plan.observer = Some(identity("observer"));
    plan.cadence = Duration::from_millis(20);
    let fleet = Fleet::start(plan).unwrap();
    (peer, fleet)
}

#[tokio::test]
async fn observer_finds_nothing_where_nothing_was_lost() {
    let (_peer, fleet) = observed(Faults::default()).await;
    let figures = until(&fleet, |figures| figures.observed > 200).await;
    Promise::NothingLost.check(&figures).unwrap();
    Promise::NothingDuplicated.check(&figures).unwrap();
    assert!(!figures.delivery.is_empty());
}

#[tokio::test]
async fn observer_sees_what_the_broker_swallowed() {
    let (_peer, fleet) = observed(Faults { dropped: Some(8), ..Faults::default() }).await;
    let figures = until(&fleet, |figures| figures.lost >= 10 && figures.observed > 200).await;
    Promise::NothingDuplicated.check(&figures).unwrap();
    let unmet = Promise::NothingLost.check(&figures).unwrap_err();
    assert!(unmet.to_string().contains(&figures.lost.to_string()), "{unmet}");
}

#[tokio::test]
async fn observer_sees_what_the_broker_delivered_twice() {
    let (_peer, fleet) = observed(Faults { doubled: Some(8), ..Faults::default() }).await;
    let figures = until(&fleet, |figures| figures.duplicated >= 10 && figures.observed > 200).await;
    assert_eq!(figures.duplicated, 10);
    assert!(Promise::NothingDuplicated.check(&figures).is_err());
}

#[tokio::test]
async fn devices_boot_once_the_observer_reads() {
    let (peer, fleet) = observed(Faults::default()).await;
    until(&fleet, |figures| figures.ever_connected == 10).await;
    let log = peer.log();
    let telemetry = log.iter().position(|entry| entry == "plantops/+/telemetry");
    let device = log.iter().position(|entry| entry.starts_with("plant-"));
    assert!(telemetry.is_some() && telemetry < device, "{log:?}");
}

#[tokio::test]
async fn nothing_lost_is_not_promised_where_nobody_looked() {
    let peer = Peer::start(Faults::default()).await;
    let fleet = Fleet::start(plan("127.0.0.1", peer.port, 1)).unwrap();
    let figures = until(&fleet, |figures| figures.acknowledged > 3).await;
    for promise in [Promise::NothingLost, Promise::NothingDuplicated] {
        let unmet = promise.check(&figures).unwrap_err();
        assert!(unmet.to_string().contains("received nothing"), "{unmet}");
    }
}
