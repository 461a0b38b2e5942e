use std::convert::Infallible;
use std::time::Duration;

use esp32_sim::scenario::{Action, LinkState, Scenario, Selection, Stage};
use rstest::rstest;

use crate::peer::{Faults, Peer};
use crate::stage::{certificate, stage};

const SECOND: Duration = Duration::from_secs(1);

fn step(action: Action) -> Scenario {
    Scenario::new(2).step(SECOND, Selection::Only(vec![1]), action)
}

#[rstest]
#[case::no_devices(
    |stage| stage,
    Scenario::new(0),
    "no devices"
)]
#[case::more_devices_than_descriptors(
    |stage| stage,
    Scenario::new(usize::MAX),
    "18446744073709551615 file descriptors are needed"
)]
#[case::a_firmware_that_nobody_knows(
    |stage| stage,
    Scenario::new(2).firmware([("idf-1.0", 1)]),
    "no firmware \"idf-1.0\"; there are arduino-pubsubclient, hardened"
)]
#[case::a_link_step_without_links(
    |stage| stage,
    step(Action::Link(LinkState::Down)),
    "the scenario changes links, and the devices have none"
)]
#[case::a_certificate_step_without_certificates(
    |stage| stage,
    step(Action::Certificate { cut_after: None }),
    "the scenario writes certificates, and there is nobody who makes them"
)]
#[case::certificates_that_cannot_be_made(
    |stage: Stage| stage.certificates(|_| Err::<(String, String), _>("no randomness")),
    step(Action::Certificate { cut_after: None }),
    "device 0 gets no certificate: no randomness"
)]
#[case::an_end_before_the_last_step(
    |stage: Stage| stage.lasting(SECOND / 2),
    step(Action::Reset),
    "the last step comes after 1s, and the end after 500ms"
)]
#[tokio::test]
async fn what_cannot_be_played_is_refused_before_anything_starts(
    #[case] change: fn(Stage) -> Stage,
    #[case] scenario: Scenario,
    #[case] cause: &str,
) {
    let peer = Peer::start(Faults::default()).await;
    let error = change(stage(&peer)).start(&scenario, 7).err().expect("it is refused");
    assert!(error.to_string().starts_with(cause), "{error}");
    // Whatever had been connected would have been accepted before this one.
    let play = stage(&peer).start(&Scenario::new(1), 7).unwrap();
    peer.quiet(1).await;
    drop(play);
    assert_eq!(peer.addresses().len(), 1);
}

/// One that is made later fails the play, and no device that is missing passes for one that is well.
#[tokio::test]
async fn a_certificate_that_cannot_be_made_later_ends_the_play() {
    let peer = Peer::start(Faults::default()).await;
    let made = std::sync::atomic::AtomicUsize::new(0);
    let stage =
        stage(&peer).certificates(move |_| match made.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
            0 | 1 => Ok(certificate()),
            _ => Err("no randomness"),
        });
    let scenario = Scenario::new(2).step(
        Duration::from_millis(10),
        Selection::Only(vec![1]),
        Action::Certificate { cut_after: None },
    );
    let error = stage.play(&scenario, 7).await.unwrap_err();
    assert_eq!(error.to_string(), "device 1 gets no certificate: no randomness");
}

#[tokio::test]
async fn the_same_with_certificates_is_played() {
    let peer = Peer::start(Faults::default()).await;
    let stage = stage(&peer).certificates(|_| Ok::<_, Infallible>(certificate()));
    assert!(stage.start(&step(Action::Certificate { cut_after: None }), 7).is_ok());
}
