//! A life of a client and what holds in all of them: for the property test and the fuzz target.

use std::sync::Arc;
use std::time::Duration;

use esp32_sim::client::{Action, Client, Config, Event, TransportError};
use esp32_sim::mqtt::{Filter, Packet, QoS};

/// Anything that can happen to a client, in any order.
#[derive(Clone, Debug)]
pub(crate) enum Happening {
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

/// Connected and Disconnected alternate, a connection is asked for once at a time, polling ends, and time asked for lies
/// ahead.
pub(crate) fn live(happenings: impl IntoIterator<Item = Happening>) {
    let mut client = Client::new(Arc::new(Config::default()), [0; 6], 7);
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
            assert!(steps < 10_000, "polling does not end");
            match action {
                Action::Connect => {
                    assert!(!asked && !connected);
                    asked = true;
                }
                Action::Event(Event::Connected { .. }) => {
                    assert!(!connected);
                    connected = true;
                }
                Action::Event(Event::Disconnected) => connected = false,
                Action::Event(Event::Data(data)) => {
                    assert!(data.data.len() <= 1_024 && data.offset + data.data.len() <= data.total);
                }
                Action::Close | Action::Event(_) => {}
            }
        }
        assert_eq!(client.is_connected(), connected);
        assert!(client.wake_at().is_none_or(|wake| wake > now), "{:?} at {:?}", client.wake_at(), now);
    }
    let mut rest = client.outbound();
    while let Ok(Some((_, length))) = Packet::decode(rest) {
        rest = &rest[length..];
    }
    assert!(rest.is_empty() || Packet::decode(rest).is_ok(), "what it sends can be read");
}
