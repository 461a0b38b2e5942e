use std::sync::Arc;
use std::time::Duration;

use esp32_sim::client::{Action, Client, Config, ErrorType, Event};
use esp32_sim::mqtt::{Packet, QoS};

pub(super) const MAC: [u8; 6] = [0x24, 0x6F, 0x28, 0xAB, 0xCD, 0xEF];

/// A client, its clock, and everything that was seen of it: one line an action or a packet, after the milliseconds.
pub(super) struct Rig {
    pub(super) client: Client,
    pub(super) now: Duration,
    pub(super) trace: Vec<String>,
}

impl Rig {
    pub(super) fn new(config: Config) -> Self {
        Self::seeded(config, 1)
    }

    pub(super) fn seeded(config: Config, seed: u64) -> Self {
        let mut config = config;
        // Numbers that a reader can follow.
        config.kconfig.msg_id_incremental = true;
        Self { client: Client::new(Arc::new(config), MAC, seed), now: Duration::ZERO, trace: Vec::new() }
    }

    /// Started, and accepted by the broker; the trace is empty again.
    pub(super) fn connected(config: Config) -> Self {
        let mut rig = Self::new(config);
        rig.start();
        rig.accept(false);
        rig.trace.clear();
        rig
    }

    pub(super) fn start(&mut self) {
        self.client.start(self.now);
        self.settle();
    }

    /// Opens the transport and answers CONNECT.
    pub(super) fn accept(&mut self, session_present: bool) {
        self.client.transport_connected(self.now);
        self.settle();
        self.broker(&Packet::ConnAck { session_present, code: 0 });
    }

    pub(super) fn broker(&mut self, packet: &Packet<'_>) {
        let mut bytes = Vec::new();
        packet.encode(&mut bytes).unwrap();
        self.bytes(&bytes);
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.client.receive(self.now, bytes);
        self.settle();
    }

    pub(super) fn publish(&mut self, payload: &[u8], qos: QoS) {
        let answer = self.client.publish(self.now, "t", payload, qos, false);
        self.note(match answer {
            Ok(id) => format!("publish() = {id}"),
            Err(error) => format!("publish(): {error}"),
        });
        self.settle();
    }

    /// Turns the clock, and wakes the client whenever it wants to be woken.
    pub(super) fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        while let Some(wake) = self.client.wake_at().filter(|wake| *wake <= end) {
            self.now = self.now.max(wake);
            let before = self.trace.len();
            self.settle();
            let again = self.client.wake_at();
            assert!(
                again != Some(wake) || self.trace.len() > before,
                "woken at {wake:?} for nothing, for ever"
            );
        }
        self.now = end;
        self.settle();
    }

    pub(super) fn seconds(&mut self, seconds: u64) {
        self.pass(Duration::from_secs(seconds));
    }

    /// What was seen since the last time it was asked.
    pub(super) fn seen(&mut self) -> Vec<String> {
        std::mem::take(&mut self.trace)
    }

    pub(super) fn settle(&mut self) {
        loop {
            self.flush();
            let Some(action) = self.client.poll(self.now) else { break };
            let line = match action {
                Action::Close => "close".to_owned(),
                Action::Connect => "connect".to_owned(),
                Action::Event(event) => name(&event),
            };
            // What was written before the action, comes before it.
            let at = self.trace.len();
            self.flush();
            self.trace.insert(at.max(self.trace.len()), format!("{} {line}", self.now.as_millis()));
        }
        self.flush();
    }

    fn flush(&mut self) {
        let bytes = self.client.outbound().to_vec();
        let mut rest = bytes.as_slice();
        while let Ok(Some((packet, length))) = Packet::decode(rest) {
            self.note(format!("> {}", sent(&packet)));
            rest = &rest[length..];
        }
        assert!(rest.is_empty(), "half a packet, or none: {rest:02X?}");
        self.client.sent(self.now, bytes.len());
    }

    fn note(&mut self, line: String) {
        self.trace.push(format!("{} {line}", self.now.as_millis()));
    }
}

fn sent(packet: &Packet<'_>) -> String {
    match packet {
        Packet::Connect(connect) => {
            format!("CONNECT {} keep alive {}", connect.client_id, connect.keep_alive)
        }
        Packet::Publish(publish) => {
            let dup = if publish.dup { " DUP" } else { "" };
            format!("PUBLISH {} QoS {}{dup} {} bytes", publish.id, publish.qos as u8, publish.payload.len())
        }
        Packet::PubAck(id) => format!("PUBACK {id}"),
        Packet::PubRec(id) => format!("PUBREC {id}"),
        Packet::PubRel(id) => format!("PUBREL {id}"),
        Packet::PubComp(id) => format!("PUBCOMP {id}"),
        Packet::Subscribe { id, .. } => format!("SUBSCRIBE {id}"),
        Packet::Unsubscribe { id, .. } => format!("UNSUBSCRIBE {id}"),
        Packet::PingReq => "PINGREQ".to_owned(),
        Packet::Disconnect => "DISCONNECT".to_owned(),
        other => format!("{other:?}"),
    }
}

fn name(event: &Event<'_>) -> String {
    match event {
        Event::BeforeConnect => "BEFORE_CONNECT".to_owned(),
        Event::Connected { session_present } => format!("CONNECTED session_present={session_present}"),
        Event::Data(data) => {
            format!("DATA '{}' {}+{}/{}", data.topic, data.offset, data.data.len(), data.total)
        }
        Event::Deleted(id) => format!("DELETED {id}"),
        Event::Disconnected => "DISCONNECTED".to_owned(),
        Event::Error(codes) => match codes.error_type {
            ErrorType::ConnectionRefused => format!("ERROR refused {}", codes.connect_return_code),
            ErrorType::TcpTransport => format!("ERROR transport {:04X}", codes.transport.esp_err.0),
            other => format!("ERROR {other:?}"),
        },
        Event::Published(id) => format!("PUBLISHED {id}"),
        Event::Subscribed { id, codes, error_type } => format!("SUBSCRIBED {id} {codes:?} {error_type:?}"),
        Event::Unsubscribed(id) => format!("UNSUBSCRIBED {id}"),
    }
}
