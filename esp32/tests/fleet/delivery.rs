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
