use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use oorandom::Rand32;

use super::config::{Config, Credentials, LastWill, Library};
use super::error_codes::{ErrorCodes, ErrorType, TransportError};
use super::fragment::Fragment;
use super::outbox::Outbox;
use super::queued::Queued;
use super::{Action, Event};
use crate::mqtt::{Connect, Packet, PacketId, QoS, Will};

/// Where the task of the client is (`mqtt_client_state_t`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Not started, or stopped.
    Stopped,
    /// The transport is being opened.
    Connecting,
    /// CONNECT is sent. No byte has come since.
    AwaitingConnAck { since: Duration },
    /// CONNACK has come.
    Connected,
    /// The connection is gone.
    WaitingToReconnect { since: Duration, asked: bool },
}

/// What is left to do of one turn of the task's loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// Nothing: the task waits for bytes or for its poll timeout.
    Over,
    /// A PUBLISH was delivered and is to be acknowledged.
    Acknowledge(QoS, PacketId),
    /// A long PUBLISH is being read; nothing else happens meanwhile.
    Fragment(Fragment),
    /// Resend, ping, refresh.
    Upkeep,
}

impl Turn {
    /// What follows when a message has been handed on.
    pub(super) fn after(qos: QoS, id: PacketId) -> Self {
        match qos {
            QoS::AtMostOnce => Self::Upkeep,
            QoS::AtLeastOnce | QoS::ExactlyOnce => Self::Acknowledge(qos, id),
        }
    }
}

#[derive(Clone, Debug)]
struct Identity {
    credentials: Credentials,
    last_will: Option<LastWill>,
}

/// The client of esp-mqtt (`mqtt_client.c`) without I/O, or PubSubClient, as [`Config::library`] says. `now` is the
/// time since power-on, and never goes back.
///
/// Whoever drives it calls [`poll`](Self::poll) until it gives `None`: after every other call, and at
/// [`wake_at`](Self::wake_at).
#[derive(Clone, Debug)]
pub struct Client {
    pub(super) config: Arc<Config>,
    pub(super) client_id: Box<str>,
    /// What this device has for itself, where the configuration is shared.
    identity: Option<Box<Identity>>,
    pub(super) random: Rand32,
    pub(super) last_id: PacketId,
    pub(super) state: State,
    pub(super) turn: Turn,
    pub(super) outbox: Outbox,
    /// Bytes that arrived; those before `read` are done with.
    pub(super) inbound: Vec<u8>,
    pub(super) read: usize,
    pub(super) outbound: Vec<u8>,
    /// The topic of a long message, for its later parts.
    pub(super) saved_topic: Box<[u8]>,
    /// Since when the transport has taken nothing of `outbound`.
    pub(super) blocked_since: Option<Duration>,
    pub(super) queue: VecDeque<Queued>,
    /// When the loop turns next, if no byte comes before.
    pub(super) next_turn: Duration,
    /// Bytes came since the last turn.
    pub(super) readable: bool,
    /// When the last byte of an incomplete packet came.
    pub(super) incomplete_since: Option<Duration>,
    pub(super) last_retransmit: Option<Duration>,
    pub(super) keepalive_tick: Duration,
    pub(super) last_outbound: Duration,
    pub(super) awaits_pingresp: bool,
    pub(super) connected_at: Duration,
    pub(super) disconnect_asked: bool,
}

impl Client {
    /// A client that has not been started. `mac` makes its default client identifier
    /// (`lib/platform_esp32_idf.c`), `seed` its packet identifiers.
    pub fn new(config: Arc<Config>, mac: [u8; 6], seed: u64) -> Self {
        Self {
            client_id: client_id(&config.credentials, mac),
            config,
            identity: None,
            random: Rand32::new(seed),
            last_id: 0,
            state: State::Stopped,
            turn: Turn::Over,
            outbox: Outbox::default(),
            inbound: Vec::new(),
            read: 0,
            outbound: Vec::new(),
            saved_topic: Box::default(),
            blocked_since: None,
            queue: VecDeque::new(),
            next_turn: Duration::ZERO,
            readable: false,
            incomplete_since: None,
            last_retransmit: None,
            keepalive_tick: Duration::ZERO,
            last_outbound: Duration::ZERO,
            awaits_pingresp: false,
            connected_at: Duration::ZERO,
            disconnect_asked: false,
        }
    }

    /// With credentials and a will of its own instead of those of a configuration that many devices share. Client
    /// certificates are the configuration's all the same.
    #[must_use]
    pub fn with_identity(mut self, credentials: Credentials, last_will: Option<LastWill>) -> Self {
        if let Some(id) = &credentials.client_id {
            self.client_id = id.as_str().into();
        }
        self.identity = Some(Box::new(Identity { credentials, last_will }));
        self
    }

    /// The client identifier that CONNECT carries.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// Whether CONNACK has come and the connection still stands.
    pub fn is_connected(&self) -> bool {
        self.state == State::Connected
    }

    /// Bytes in the outbox (`esp_mqtt_client_get_outbox_size`).
    pub fn outbox_bytes(&self) -> usize {
        self.outbox.bytes()
    }

    /// What is to be written to the transport.
    pub fn outbound(&self) -> &[u8] {
        &self.outbound
    }

    /// The transport took the first `bytes` of [`outbound`](Self::outbound).
    pub fn sent(&mut self, now: Duration, bytes: usize) {
        self.outbound.drain(..bytes.min(self.outbound.len()));
        if self.outbound.is_empty() && self.outbound.capacity() > RETAINED {
            self.outbound = Vec::new();
        }
        self.blocked_since = (!self.outbound.is_empty()).then_some(now);
    }

    /// The transport that [`Action::Connect`] asked for is open.
    pub fn transport_connected(&mut self, now: Duration) {
        if self.state != State::Connecting {
            return;
        }
        match self.write_connect() {
            true => self.state = State::AwaitingConnAck { since: now },
            false => self.abort(now),
        }
        self.last_outbound = now;
    }

    /// The transport that [`Action::Connect`] asked for could not be opened.
    pub fn transport_failed(&mut self, now: Duration, error: TransportError) {
        if self.state == State::Connecting {
            self.report(error);
            self.abort(now);
        }
    }

    /// Bytes came, decrypted.
    pub fn receive(&mut self, now: Duration, bytes: &[u8]) {
        if bytes.is_empty() || !self.is_open() {
            return;
        }
        self.inbound.extend_from_slice(bytes);
        self.readable = true;
        if let State::AwaitingConnAck { since } = &mut self.state {
            *since = now;
        }
        if self.incomplete_since.is_some() {
            self.incomplete_since = Some(now);
        }
        if let Turn::Fragment(fragment) = &mut self.turn {
            fragment.since = now;
        }
    }

    /// A read or a write failed, or the broker closed the connection: an error event, then the end of the connection.
    pub fn transport_closed(&mut self, now: Duration, error: TransportError) {
        if self.is_open() {
            self.report(error);
            self.abort(now);
        }
    }

    /// The socket failed while the task waited for bytes, before anything was read: no error event
    /// (espressif/esp-idf #11708).
    pub fn transport_poll_failed(&mut self, now: Duration) {
        if self.is_open() {
            self.abort(now);
        }
    }

    /// The next thing to do, or `None` until something comes or [`wake_at`](Self::wake_at).
    pub fn poll(&mut self, now: Duration) -> Option<Action<'_>> {
        while self.queue.is_empty() {
            if !self.step(now) {
                self.release();
                return None;
            }
        }
        let queued = self.queue.pop_front()?;
        Some(queued.action(&self.inbound, &self.saved_topic))
    }

    fn is_open(&self) -> bool {
        matches!(self.state, State::AwaitingConnAck { .. } | State::Connected)
    }

    /// Does one thing that is due. `false` when nothing is.
    fn step(&mut self, now: Duration) -> bool {
        if self.is_open() && self.write_timed_out(now) {
            self.abort(now);
            return true;
        }
        match self.state {
            State::Stopped | State::Connecting => false,
            State::AwaitingConnAck { since } => self.await_connack(now, since),
            State::Connected => self.step_connected(now),
            State::WaitingToReconnect { since, asked } => self.step_waiting(now, since, asked),
        }
    }

    fn step_waiting(&mut self, now: Duration, since: Duration, asked: bool) -> bool {
        if self.next_turn > now && !asked {
            return false;
        }
        let at = self.next_turn.min(now);
        self.delete_expired(at);
        let network = &self.config.network;
        let over = at.saturating_sub(since) > network.reconnect_timeout;
        if asked || (over && !network.disable_auto_reconnect) {
            self.begin_connecting();
        } else {
            self.next_turn = self.next_look(at);
        }
        true
    }

    /// When the task looks whether the wait is over: twice in the time, each time as late as a task of FreeRTOS goes on
    /// after its tick. Whether the second look already finds it over, or the third, hangs on that.
    fn next_look(&mut self, at: Duration) -> Duration {
        let late = self.random.rand_range(0..3);
        at + self.config.network.reconnect_timeout / 2 + Duration::from_millis(u64::from(late))
    }

    pub(super) fn begin_connecting(&mut self) {
        self.disconnect_asked = false;
        self.state = State::Connecting;
        self.queue.push_back(Queued::Event(Event::BeforeConnect));
        self.queue.push_back(Queued::Connect);
    }

    /// `esp_mqtt_abort_connection`: closed, and never with a DISCONNECT.
    pub(super) fn abort(&mut self, now: Duration) {
        self.forget_connection();
        self.state = State::WaitingToReconnect { since: now, asked: false };
        self.next_turn = self.next_look(now);
        self.queue.push_back(Queued::Close);
        self.queue.push_back(Queued::Event(Event::Disconnected));
    }

    pub(super) fn forget_connection(&mut self) {
        self.inbound.clear();
        self.read = 0;
        self.blocked_since = None;
        self.readable = false;
        self.incomplete_since = None;
        self.awaits_pingresp = false;
        self.turn = Turn::Over;
    }

    pub(super) fn report(&mut self, transport: TransportError) {
        let codes = ErrorCodes { error_type: ErrorType::TcpTransport, transport, connect_return_code: 0 };
        self.queue.push_back(Queued::Event(Event::Error(codes)));
    }

    pub(super) fn is_esp_mqtt(&self) -> bool {
        self.config.library == Library::EspMqtt
    }

    /// What was read goes, and with it the memory that a burst took.
    fn release(&mut self) {
        self.inbound.drain(..self.read);
        self.read = 0;
        if self.inbound.is_empty() && self.inbound.capacity() > RETAINED {
            self.inbound = Vec::new();
        }
        // What could not be written before the end is lost with the connection.
        if !self.is_open() {
            self.outbound.clear();
        }
        if self.outbound.is_empty() {
            self.blocked_since = None;
        }
    }

    fn write_timed_out(&mut self, now: Duration) -> bool {
        if self.outbound.is_empty() {
            return false;
        }
        let since = *self.blocked_since.get_or_insert(now);
        now.saturating_sub(since) >= self.config.network.timeout
    }

    fn write_connect(&mut self) -> bool {
        let config = Arc::clone(&self.config);
        let (credentials, last_will) = match &self.identity {
            Some(identity) => (&identity.credentials, &identity.last_will),
            None => (&config.credentials, &config.session.last_will),
        };
        let connect = Connect {
            client_id: &self.client_id,
            clean_session: !config.session.disable_clean_session,
            keep_alive: config.session.keepalive,
            will: last_will.as_ref().map(|will| Will {
                topic: &will.topic,
                message: &will.msg,
                qos: will.qos,
                retain: will.retain,
            }),
            username: credentials.username.as_deref(),
            password: credentials.authentication.password.as_deref().map(str::as_bytes),
        };
        Packet::Connect(connect).encode(&mut self.outbound).is_ok()
            && self.outbound.len() <= config.buffer.out_size
    }
}

fn client_id(credentials: &Credentials, mac: [u8; 6]) -> Box<str> {
    match &credentials.client_id {
        _ if credentials.set_null_client_id => Box::default(),
        Some(id) => id.as_str().into(),
        None => format!("ESP32_{:02x}{:02X}{:02X}", mac[3], mac[4], mac[5]).into(),
    }
}

/// Bytes that an empty buffer may keep.
const RETAINED: usize = 2048;
