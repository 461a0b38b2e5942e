use std::sync::Arc;
use std::time::Duration;

use esp32_sim::client::{Action, Client, Config, Event, TransportError};
use esp32_sim::mqtt::{Filter, Packet, QoS};
use proptest::prelude::*;

use super::rig::MAC;

/// Anything that can happen to a client, in any order.
#[derive(Clone, Debug)]
enum Happening {
    Accept,
    Bytes(Vec<u8>),
    Closed,
    Disconnect,
    Fail,
    Pass(u32),
    Publish(u8, u16),
    Reconnect,
    Start,
    Stop,
    Subscribe,
    Take,
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        4 => Just(Happening::Accept),
        4 => proptest::collection::vec(any::<u8>(), 0..64).prop_map(Happening::Bytes),
        2 => (0x20u8..=0xF0, any::<u16>())
            .prop_map(|(kind, id)| Happening::Bytes(vec![kind & 0xF0 | if kind >> 4 == 6 { 2 } else { 0 }, 2,
                id.to_be_bytes()[0], id.to_be_bytes()[1]])),
        1 => Just(Happening::Closed),
        1 => Just(Happening::Disconnect),
        1 => Just(Happening::Fail),
        4 => (0u32..200_000).prop_map(Happening::Pass),
        4 => (0u8..3, 0u16..3_000).prop_map(|(qos, length)| Happening::Publish(qos, length)),
        1 => Just(Happening::Reconnect),
        3 => Just(Happening::Start),
        1 => Just(Happening::Stop),
        2 => Just(Happening::Subscribe),
        4 => Just(Happening::Take),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Connected and Disconnected alternate, a connection is asked for once at a time, polling ends, and time asked
    /// for lies ahead.
    #[test]
    fn events_are_in_order_whatever_happens(happenings in proptest::collection::vec(happening(), 1..80)) {
        let mut client = Client::new(Arc::new(Config::default()), MAC, 7);
        let mut now = Duration::ZERO;
        let (mut connected, mut asked) = (false, false);
        for happening in happenings {
            match happening {
                Happening::Accept => {
                    client.transport_connected(now);
                    client.receive(now, &[0x20, 2, 0, 0]);
                    asked = false;
                }
                Happening::Bytes(bytes) => client.receive(now, &bytes),
                Happening::Closed => client.transport_closed(now, TransportError::default()),
                Happening::Disconnect => client.disconnect(),
                Happening::Fail => {
                    client.transport_failed(now, TransportError::default());
                    asked = false;
                }
                Happening::Pass(milliseconds) => now += Duration::from_millis(milliseconds.into()),
                Happening::Publish(qos, length) => {
                    let qos = [QoS::AtMostOnce, QoS::AtLeastOnce, QoS::ExactlyOnce][usize::from(qos)];
                    let _ = client.publish(now, "t", &vec![0; length.into()], qos, false);
                }
                Happening::Reconnect => client.reconnect(),
                Happening::Start => client.start(now),
                Happening::Stop => {
                    client.stop(now);
                    connected = false;
                    asked = false;
                }
                Happening::Subscribe => {
                    let _ = client.subscribe(now, &[Filter { topic: "t", qos: QoS::AtLeastOnce }]);
                }
                Happening::Take => {
                    let length = client.outbound().len();
                    client.sent(now, length);
                }
            }
            let mut steps = 0;
            while let Some(action) = client.poll(now) {
                steps += 1;
                prop_assert!(steps < 10_000, "polling does not end");
                match action {
                    Action::Connect => {
                        prop_assert!(!asked && !connected);
                        asked = true;
                    }
                    Action::Event(Event::Connected { .. }) => {
                        prop_assert!(!connected);
                        connected = true;
                    }
                    Action::Event(Event::Disconnected) => connected = false,
                    Action::Event(Event::Data(data)) => {
                        prop_assert!(data.data.len() <= 1_024 && data.offset + data.data.len() <= data.total);
                    }
                    Action::Close | Action::Event(_) => {}
                }
            }
            prop_assert_eq!(client.is_connected(), connected);
            prop_assert!(client.wake_at().is_none_or(|wake| wake > now), "{:?} at {:?}", client.wake_at(), now);
        }
        let mut rest = client.outbound();
        while let Ok(Some((_, length))) = Packet::decode(rest) {
            rest = &rest[length..];
        }
        prop_assert!(rest.is_empty() || Packet::decode(rest).is_ok(), "what it sends can be read");
    }
}
