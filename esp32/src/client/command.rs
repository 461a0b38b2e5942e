use std::time::Duration;

use super::error::CommandError;
use super::esp_mqtt::{Client, State, Turn};
use super::outbox::{Item, Progress};
use super::queued::Queued;
use crate::mqtt::{Filter, Packet, PacketId, PacketType, Publish, QoS};

impl Client {
    /// `esp_mqtt_client_start`: connects. Without effect on a client that was started.
    pub fn start(&mut self, now: Duration) {
        if self.state == State::Stopped {
            self.next_turn = now;
            self.begin_connecting();
        }
    }

    /// `esp_mqtt_client_publish`: sends at once. Without a connection, a message of QoS 1 or 2 is stored and one of
    /// QoS 0 is lost. The packet identifier is 0 for QoS 0.
    pub fn publish(
        &mut self,
        now: Duration,
        topic: &str,
        payload: &[u8],
        qos: QoS,
        retain: bool,
    ) -> Result<PacketId, CommandError> {
        if !self.is_connected() && self.config.kconfig.skip_publish_if_disconnected {
            return Err(CommandError::NotConnected);
        }
        let qos = if self.is_esp_mqtt() { qos } else { QoS::AtMostOnce };
        let message = Publish { dup: false, qos, retain, topic, id: 0, payload };
        if qos == QoS::AtMostOnce {
            self.check(&message)?;
            if !self.is_connected() {
                return Err(CommandError::NotConnected);
            }
            message.encode(&mut self.outbound).map_err(|_| self.unencodable(topic))?;
            self.last_outbound = now;
            return Ok(0);
        }
        let id = self.store(now, message)?;
        if self.is_connected()
            && let Some(item) = self.outbox.find(id)
        {
            self.outbound.extend_from_slice(&item.packet);
            item.tick = now;
            item.progress = Progress::Transmitted;
        }
        Ok(id)
    }

    /// `esp_mqtt_client_enqueue`: stores, and the task sends one message a turn. QoS 0 is stored only with `store`.
    pub fn enqueue(
        &mut self,
        now: Duration,
        topic: &str,
        payload: &[u8],
        qos: QoS,
        retain: bool,
        store: bool,
    ) -> Result<PacketId, CommandError> {
        if !self.is_esp_mqtt() || (qos == QoS::AtMostOnce && !store) {
            return Err(CommandError::NotConnected);
        }
        self.store(now, Publish { dup: false, qos, retain, topic, id: 0, payload })
    }

    /// `esp_mqtt_client_subscribe_multiple`: only with a connection.
    pub fn subscribe(&mut self, now: Duration, filters: &[Filter<'_>]) -> Result<PacketId, CommandError> {
        let held = self.outbox.bytes();
        if let Some(limit) = self.config.outbox.limit
            && held > limit
        {
            return Err(CommandError::OutboxFull { held, limit, wanted: 0 });
        }
        // PubSubClient turns down QoS 2.
        if !self.is_esp_mqtt() && filters.iter().any(|filter| filter.qos == QoS::ExactlyOnce) {
            return Err(CommandError::NotConnected);
        }
        let filters = filters.to_vec();
        self.ask(now, PacketType::Subscribe, |id| Packet::Subscribe { id, filters })
    }

    /// `esp_mqtt_client_unsubscribe`: only with a connection.
    pub fn unsubscribe(&mut self, now: Duration, topic: &str) -> Result<PacketId, CommandError> {
        self.ask(now, PacketType::Unsubscribe, |id| Packet::Unsubscribe { id, topics: vec![topic] })
    }

    /// `esp_mqtt_client_disconnect`: DISCONNECT at the next turn, and then the usual wait before it connects again.
    pub fn disconnect(&mut self) {
        self.disconnect_asked = true;
    }

    /// `esp_mqtt_client_reconnect`: ends the wait; without effect at any other time.
    pub fn reconnect(&mut self) {
        if let State::WaitingToReconnect { asked, .. } = &mut self.state {
            *asked = true;
        }
    }

    /// `esp_mqtt_client_stop`: DISCONNECT, no event, and the outbox is wiped.
    pub fn stop(&mut self, now: Duration) {
        if self.state == State::Stopped {
            return;
        }
        let connected = self.is_connected();
        self.forget_connection();
        if connected {
            self.write(&Packet::Disconnect);
            self.last_outbound = now;
        }
        self.state = State::Stopped;
        self.turn = Turn::Over;
        self.outbox.clear();
        self.queue.clear();
        self.queue.push_back(Queued::Close);
    }

    pub(super) fn write(&mut self, packet: &Packet<'_>) {
        // Only strings can be too long, and none of these has one.
        let _ = packet.encode(&mut self.outbound);
    }

    /// Writes an answer. To a packet without an identifier esp-mqtt answers with one of its own (`append_message_id`).
    pub(super) fn answer(&mut self, packet: fn(PacketId) -> Packet<'static>, id: PacketId) {
        let id = if id == 0 && self.is_esp_mqtt() { self.next_id() } else { id };
        self.write(&packet(id));
    }

    /// A random number from 1 to 65534 (`platform_random(65535)`), or the next one.
    fn next_id(&mut self) -> PacketId {
        loop {
            self.last_id = if self.config.kconfig.msg_id_incremental || !self.is_esp_mqtt() {
                self.last_id.wrapping_add(1)
            } else {
                u16::try_from(self.random.rand_range(0..65535)).unwrap_or_default()
            };
            if self.last_id != 0 {
                return self.last_id;
            }
        }
    }

    fn check(&self, message: &Publish<'_>) -> Result<(), CommandError> {
        let identifier = if message.qos == QoS::AtMostOnce { 0 } else { 2 };
        // esp-mqtt sends a long payload in slices; PubSubClient sends what fits its one buffer.
        let payload = if self.is_esp_mqtt() { 0 } else { message.payload.len() };
        let length = FIXED_HEADER + 2 + message.topic.len() + identifier + payload;
        if message.topic.is_empty() || length > self.config.buffer.out_size {
            return Err(self.unencodable(message.topic));
        }
        Ok(())
    }

    fn unencodable(&self, topic: &str) -> CommandError {
        CommandError::Unencodable { topic: topic.len(), buffer: self.config.buffer.out_size }
    }

    fn store(&mut self, now: Duration, message: Publish<'_>) -> Result<PacketId, CommandError> {
        let (held, wanted) = (self.outbox.bytes(), message.payload.len());
        if let Some(limit) = self.config.outbox.limit
            && held + wanted > limit
        {
            return Err(CommandError::OutboxFull { held, limit, wanted });
        }
        self.check(&message)?;
        let id = if message.qos == QoS::AtMostOnce { 0 } else { self.next_id() };
        let mut packet = Vec::with_capacity(FIXED_HEADER + 4 + message.topic.len() + wanted);
        let encoded = Publish { id, ..message }.encode(&mut packet);
        encoded.map_err(|_| self.unencodable(message.topic))?;
        self.keep(now, PacketType::Publish, id, packet, Progress::Queued);
        Ok(id)
    }

    /// Sends SUBSCRIBE or UNSUBSCRIBE.
    fn ask<'a>(
        &mut self,
        now: Duration,
        packet_type: PacketType,
        packet: impl FnOnce(PacketId) -> Packet<'a>,
    ) -> Result<PacketId, CommandError> {
        if !self.is_connected() {
            return Err(CommandError::NotConnected);
        }
        let id = self.next_id();
        let mut bytes = Vec::new();
        let buffer = self.config.buffer.out_size;
        let encoded = packet(id).encode(&mut bytes);
        if encoded.is_err() || bytes.len() > buffer {
            return Err(CommandError::Unencodable { topic: bytes.len(), buffer });
        }
        self.outbound.extend_from_slice(&bytes);
        self.last_outbound = now;
        if self.is_esp_mqtt() {
            self.keep(now, packet_type, id, bytes, Progress::Transmitted);
        }
        Ok(id)
    }

    fn keep(
        &mut self,
        now: Duration,
        packet_type: PacketType,
        id: PacketId,
        packet: Vec<u8>,
        progress: Progress,
    ) {
        self.outbox.push(Item { packet: packet.into(), id, packet_type, tick: now, progress });
    }
}

/// `MQTT_MAX_FIXED_HEADER_SIZE`.
const FIXED_HEADER: usize = 5;
