use std::time::Duration;

use super::Event;
use super::config::Library;
use super::error_codes::{ErrorCodes, ErrorType, TransportError};
use super::esp_mqtt::{Client, State, Turn};
use super::fragment::Fragment;
use super::frame::{Frame, frame, packet_type, qos};
use super::outbox::Progress;
use super::queued::{Message, Queued, Topic};
use crate::mqtt::{Packet, PacketId, PacketType, QoS};

impl Client {
    /// Waits for the first packet, which must be CONNACK (`esp_mqtt_connect`).
    pub(super) fn await_connack(&mut self, now: Duration, since: Duration) -> bool {
        match frame(self.config.library, &self.inbound, self.config.buffer.size) {
            Frame::Incomplete if now.saturating_sub(since) < self.config.network.timeout => return false,
            Frame::Invalid => {
                self.report(TransportError::default());
                self.abort(now);
            }
            Frame::Whole { length, .. } if packet_type(self.inbound[0]) == Some(PacketType::ConnAck) => {
                let flags = self.inbound.get(2).copied().unwrap_or_default();
                let code = self.inbound.get(3).copied().unwrap_or_default();
                self.read = length;
                self.connack(now, flags & 1 == 1, code);
            }
            Frame::Incomplete | Frame::Ignored { .. } | Frame::Long { .. } | Frame::Whole { .. } => {
                self.abort(now)
            }
        }
        true
    }

    fn connack(&mut self, now: Duration, session_present: bool, code: u8) {
        if code != 0 {
            self.queue.push_back(Queued::Event(Event::Error(ErrorCodes {
                error_type: ErrorType::ConnectionRefused,
                connect_return_code: code,
                ..ErrorCodes::default()
            })));
            self.abort(now);
            return;
        }
        self.state = State::Connected;
        self.connected_at = now;
        self.keepalive_tick = now;
        self.next_turn = now + self.config.kconfig.poll_read_timeout;
        self.readable = self.read < self.inbound.len();
        self.queue.push_back(Queued::Event(Event::Connected { session_present }));
    }

    /// Reads at most one packet (`mqtt_process_receive`), and says what is left of the turn.
    pub(super) fn process_receive(&mut self, now: Duration) -> Turn {
        let config = &self.config;
        let found = frame(config.library, &self.inbound[self.read..], config.buffer.size);
        match found {
            Frame::Incomplete => {
                self.readable = false;
                if self.read < self.inbound.len() {
                    self.incomplete_since.get_or_insert(now);
                }
                return Turn::Upkeep;
            }
            Frame::Invalid => {
                self.report(TransportError::default());
                self.abort(now);
                return Turn::Over;
            }
            Frame::Ignored { .. } | Frame::Long { .. } | Frame::Whole { .. } => {}
        }
        self.incomplete_since = None;
        if !self.is_esp_mqtt() {
            self.keepalive_tick = now;
        }
        let start = self.read;
        let turn = match found {
            Frame::Ignored { length } => self.pass_over(now, length),
            Frame::Long { header, length } => {
                self.read += self.config.buffer.size;
                self.deliver_publish(now, start, header, length)
            }
            Frame::Whole { header, length } => {
                self.read += length;
                match packet_type(self.inbound[start]) {
                    Some(PacketType::Publish) => self.deliver_publish(now, start, header, length),
                    other => self.handle(now, other, start, length),
                }
            }
            Frame::Incomplete | Frame::Invalid => Turn::Upkeep,
        };
        self.readable = self.read < self.inbound.len();
        turn
    }

    fn pass_over(&mut self, now: Duration, length: usize) -> Turn {
        let message = Message { total: length, id: 0, qos: QoS::AtMostOnce, retain: false, dup: false };
        Turn::Fragment(Fragment { delivered: false, offset: 0, message, since: now })
    }

    /// `deliver_publish`: the event, and for a message longer than the buffer the first of several.
    fn deliver_publish(&mut self, now: Duration, start: usize, header: usize, length: usize) -> Turn {
        let packet = &self.inbound[start..self.read];
        let first = packet[0];
        let (retain, dup) = (first & 1 == 1, first & 8 == 8);
        let quality = match qos(first) {
            0 => QoS::AtMostOnce,
            1 => QoS::AtLeastOnce,
            _ => QoS::ExactlyOnce,
        };
        // A PUBLISH without room for a topic and a byte more is given up without an error event.
        if header + 2 >= packet.len() {
            self.abort(now);
            return Turn::Over;
        }
        let topic = header + 2;
        let topic_end = topic + usize::from(u16::from_be_bytes([packet[header], packet[header + 1]]));
        if topic_end > packet.len() {
            self.abort(now);
            return Turn::Over;
        }
        let passed_over = self.config.library == Library::PubSubClient && quality == QoS::ExactlyOnce;
        let identifier = if quality == QoS::AtMostOnce || passed_over { 0 } else { 2 };
        let id = match packet.get(topic_end..topic_end + 2) {
            Some(bytes) if identifier == 2 => u16::from_be_bytes([bytes[0], bytes[1]]),
            _ => 0,
        };
        let data = (topic_end + identifier).min(packet.len());
        let total = length.saturating_sub(topic_end + identifier);
        let present = packet.len() - data;
        let repeated = present < total && self.config.kconfig.topic_present_all_data_events;
        self.saved_topic = if repeated { packet[topic..topic_end].into() } else { Box::default() };
        let message = Message { total, id, qos: quality, retain, dup };
        self.queue.push_back(Queued::Data {
            topic: Topic::Inbound(start + topic..start + topic_end),
            data: start + data..self.read,
            offset: 0,
            message,
        });
        if present < total {
            return Turn::Fragment(Fragment { delivered: true, offset: present, message, since: now });
        }
        if passed_over { Turn::Upkeep } else { Turn::after(quality, id) }
    }

    fn handle(
        &mut self,
        now: Duration,
        packet_type: Option<PacketType>,
        start: usize,
        length: usize,
    ) -> Turn {
        let packet = &self.inbound[start..start + length];
        // `mqtt_get_id`: 0 when the packet is too short for one, or its length takes two bytes.
        let id = match packet {
            [_, length, high, low, ..] if length & 0x80 == 0 => u16::from_be_bytes([*high, *low]),
            _ => 0,
        };
        let Some(packet_type) = packet_type else { return Turn::Upkeep };
        match packet_type {
            PacketType::PubAck | PacketType::PubComp
                if self.outbox.remove(id, PacketType::Publish).is_some() =>
            {
                self.queue.push_back(Queued::Event(Event::Published(id)));
            }
            PacketType::PubRec => {
                if let Some(item) = self.outbox.find(id) {
                    item.progress = Progress::Acknowledged;
                }
                self.answer(Packet::PubRel, id);
            }
            PacketType::PubRel if self.is_esp_mqtt() => self.answer(Packet::PubComp, id),
            PacketType::SubAck
                if self.outbox.remove(id, PacketType::Subscribe).is_some() || !self.is_esp_mqtt() =>
            {
                return self.deliver_suback(now, id, start, length);
            }
            PacketType::UnsubAck
                if self.outbox.remove(id, PacketType::Unsubscribe).is_some() || !self.is_esp_mqtt() =>
            {
                self.queue.push_back(Queued::Event(Event::Unsubscribed(id)));
            }
            PacketType::PingReq if !self.is_esp_mqtt() => self.write(&Packet::PingResp),
            PacketType::PingResp => {
                self.awaits_pingresp = false;
                self.keepalive_tick = now;
            }
            _ => {}
        }
        Turn::Upkeep
    }

    fn deliver_suback(&mut self, now: Duration, id: PacketId, start: usize, length: usize) -> Turn {
        if length <= 4 {
            self.abort(now);
            return Turn::Over;
        }
        let codes = start + 4..start + length;
        let refused = self.inbound[codes.clone()].iter().any(|code| *code >= 0x80);
        let error_type = if refused { ErrorType::SubscribeFailed } else { ErrorType::None };
        self.queue.push_back(Queued::Subscribed { id, codes, error_type });
        Turn::Upkeep
    }
}
