use std::time::Duration;

use esp32_sim::device::Phase;
use esp32_sim::fleet::{Fleet, Promise};
use tokio::net::TcpSocket;

use crate::peer::{Faults, Peer};
use crate::plan::{plan, until};

#[tokio::test]
async fn fifty_devices_connect_and_each_step_is_timed() {
    let peer = Peer::start(Faults::default()).await;
    let fleet = Fleet::start(plan("127.0.0.1", peer.port, 50)).unwrap();
    let figures =
        until(&fleet, |figures| figures.ever_connected == 50 && figures.phase(Phase::PubAck).len() >= 50)
            .await;
    assert_eq!((figures.states.connected, figures.states.off), (50, 0));
    assert_eq!(figures.phase(Phase::Tcp).len(), 50);
    assert_eq!(figures.phase(Phase::Tls).len(), 0);
    assert_eq!(figures.phase(Phase::ConnAck).len(), 50);
    Promise::AllConnectedWithin(Duration::from_secs(30)).check(&figures).unwrap();
    let unmet = Promise::AllConnectedWithin(Duration::ZERO).check(&figures).unwrap_err();
    assert!(unmet.to_string().contains("after"), "{unmet}");
}

#[tokio::test]
async fn devices_come_from_the_addresses_that_they_are_given() {
    let peer = Peer::start(Faults::default()).await;
    let mut plan = plan("127.0.0.1", peer.port, 4);
    plan.sources = vec!["127.0.0.2".parse().unwrap(), "127.0.0.3".parse().unwrap()];
    let fleet = Fleet::start(plan).unwrap();
    until(&fleet, |figures| figures.ever_connected == 4).await;
    let mut addresses = peer.addresses();
    addresses.sort_unstable();
    assert_eq!(
        addresses,
        ["127.0.0.2", "127.0.0.2", "127.0.0.3", "127.0.0.3"]
            .map(|ip| ip.parse::<std::net::IpAddr>().unwrap())
    );
}

#[tokio::test]
async fn refused_connack_is_counted_by_its_code() {
    let peer = Peer::start(Faults { connack: 5, ..Faults::default() }).await;
    let fleet = Fleet::start(plan("127.0.0.1", peer.port, 10)).unwrap();
    let figures = until(&fleet, |figures| figures.states.waiting == 10).await;
    assert_eq!(figures.failures.into_iter().collect::<Vec<_>>(), [("CONNACK 5".to_owned(), 10)]);
    assert_eq!(figures.ever_connected, 0);
}

#[tokio::test]
async fn refused_connection_has_the_codes_of_esp_tls() {
    // Bound and not listening: nobody else gets the port, and nobody answers.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let fleet = Fleet::start(plan("127.0.0.1", socket.local_addr().unwrap().port(), 3)).unwrap();
    let figures = until(&fleet, |figures| figures.states.waiting == 3).await;
    let failures: Vec<_> = figures.failures.into_iter().collect();
    let words = "the connection was refused (esp_err 0x8004, errno 111)";
    assert_eq!(failures, [(words.to_owned(), 3)]);
}

#[tokio::test]
async fn name_without_an_address_has_the_code_of_esp_tls() {
    // A label has at most 63 characters: no server needs to be asked.
    let fleet = Fleet::start(plan(&"a".repeat(64), 1883, 1)).unwrap();
    let figures = until(&fleet, |figures| figures.states.waiting == 1).await;
    let failures: Vec<_> = figures.failures.into_keys().collect();
    assert_eq!(failures, ["the name cannot be resolved (esp_err 0x8001)"]);
}
