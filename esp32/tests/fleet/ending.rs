use std::time::Duration;

use esp32_sim::fleet::{Boot, Fleet, Promise};

use crate::peer::{Ends, Faults, Peer};
use crate::plan::{identity, plan, until};

#[tokio::test]
async fn power_cut_resets_every_connection_and_brings_every_will() {
    let peer = Peer::start(Faults::default()).await;
    let mut plan = plan("127.0.0.1", peer.port, 10);
    plan.observer = Some(identity("observer"));
    plan.cadence = Duration::from_secs(1_000_000);
    let fleet = Fleet::start(plan).unwrap();
    // Ten for commands, and two of the observer.
    peer.quiet(12).await;
    fleet.power_cut();
    assert_eq!(peer.ended(10).await, Ends { reset: 10, ..Ends::default() });
    let figures = until(&fleet, |figures| figures.wills >= 10).await;
    Promise::Wills(10).check(&figures).unwrap();
    assert!(Promise::Wills(9).check(&figures).is_err());
    until(&fleet, |figures| figures.states.off == 10).await;
}

#[tokio::test]
async fn stopped_fleet_says_goodbye() {
    let peer = Peer::start(Faults::default()).await;
    let fleet = Fleet::start(plan("127.0.0.1", peer.port, 10)).unwrap();
    until(&fleet, |figures| figures.ever_connected == 10).await;
    assert_eq!(fleet.stop().await.states.off, 10);
    assert_eq!(peer.ended(10).await, Ends { disconnect: 10, ..Ends::default() });
}

#[tokio::test]
async fn fleet_that_is_stopped_before_it_booted_ends() {
    for boot in [Boot::Simultaneous, Boot::Paced(1.0), Boot::Jittered(Duration::from_secs(600))] {
        let peer = Peer::start(Faults::default()).await;
        let mut plan = plan("127.0.0.1", peer.port, 10);
        plan.boot = boot;
        let stopping = Fleet::start(plan).unwrap().stop();
        let figures = tokio::time::timeout(Duration::from_secs(30), stopping).await.expect("it ends");
        assert_eq!(figures.states.off, 10, "{boot:?}");
    }
}
