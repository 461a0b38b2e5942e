//! A client that says what a test tells it to, and reads what comes.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use esp32_sim::mqtt::{Connect, Filter, Packet, Publish, QoS};

/// Longer than an answer takes on a busy machine. What takes longer fails the test.
const LIMIT: Duration = Duration::from_secs(20);

/// Who connects.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) client_id: String,
    pub(crate) user: Option<String>,
    pub(crate) password: Option<Vec<u8>>,
}

/// A message that came: its topic and its payload.
pub(crate) type Message = (String, Vec<u8>);

/// A connection that the broker accepted.
pub(crate) struct Client {
    stream: TcpStream,
    received: Vec<u8>,
    messages: Vec<Message>,
    next_id: u16,
}

impl Client {
    /// Connects; `None` when the broker refuses, with a CONNACK or by closing the connection.
    pub(crate) fn connect(broker: SocketAddr, identity: &Identity) -> Option<Self> {
        let stream = TcpStream::connect(broker).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        let mut client = Self { stream, received: Vec::new(), messages: Vec::new(), next_id: 1 };
        client.send(&Packet::Connect(Connect {
            client_id: &identity.client_id,
            clean_session: true,
            keep_alive: 0,
            will: None,
            username: identity.user.as_deref(),
            password: identity.password.as_deref(),
        }));
        let accepted = client.wait(|packet| match packet {
            Packet::ConnAck { code, .. } => Some(*code == 0),
            _ => None,
        });
        (accepted == Some(true)).then_some(client)
    }

    /// Subscribes to each filter by itself; false when the broker refuses one or closes the connection.
    pub(crate) fn subscribe(&mut self, filters: &[&str]) -> bool {
        filters.iter().all(|filter| {
            let id = self.id();
            let filters = vec![Filter { topic: filter, qos: QoS::AtMostOnce }];
            self.send(&Packet::Subscribe { id, filters });
            let code = self.wait(|packet| match packet {
                Packet::SubAck { codes, .. } => codes.first().copied(),
                _ => None,
            });
            code.is_some_and(|code| code < 0x80)
        })
    }

    /// Publishes all of it, and waits until the broker has acknowledged all.
    pub(crate) fn publish(&mut self, messages: &[Message]) {
        for (topic, payload) in messages {
            let id = self.id();
            self.send(&Packet::Publish(Publish {
                dup: false,
                qos: QoS::AtLeastOnce,
                retain: false,
                topic,
                id,
                payload,
            }));
        }
        for _ in messages {
            let acknowledged = self.wait(|packet| matches!(packet, Packet::PubAck(_)).then_some(()));
            acknowledged.expect("a broker acknowledges what it drops");
        }
    }

    /// Everything that has been delivered: the broker answers a ping behind what it delivered before.
    pub(crate) fn messages(&mut self) -> Vec<Message> {
        self.send(&Packet::PingReq);
        let answered = self.wait(|packet| matches!(packet, Packet::PingResp).then_some(()));
        answered.expect("a broker answers a ping");
        std::mem::take(&mut self.messages)
    }

    fn id(&mut self) -> u16 {
        let id = self.next_id;
        self.next_id += 1;
        id
    }

    fn send(&mut self, packet: &Packet<'_>) {
        let mut bytes = Vec::new();
        packet.encode(&mut bytes).unwrap();
        // A connection that the broker has closed is found out when its answer is read.
        let _ = self.stream.write_all(&bytes);
    }

    /// Reads on until `wanted` finds its packet; `None` when the broker closes the connection.
    fn wait<T>(&mut self, wanted: impl Fn(&Packet<'_>) -> Option<T>) -> Option<T> {
        loop {
            while let Some((packet, length)) = Packet::decode(&self.received).unwrap() {
                if let Packet::Publish(Publish { topic, payload, .. }) = &packet {
                    self.messages.push(((*topic).to_owned(), payload.to_vec()));
                }
                let found = wanted(&packet);
                self.received.drain(..length);
                if found.is_some() {
                    return found;
                }
            }
            let mut buffer = [0; 4096];
            match self.stream.read(&mut buffer) {
                Ok(0) => return None,
                Ok(length) => self.received.extend_from_slice(&buffer[..length]),
                Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => return None,
                Err(error) => panic!("the broker does not answer: {error}"),
            }
        }
    }
}
