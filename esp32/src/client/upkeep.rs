use std::time::Duration;

use super::Event;
use super::esp_mqtt::{Client, State, Turn};
use super::outbox::Progress;
use super::queued::Queued;
use crate::mqtt::{Packet, PacketType, QoS};

impl Client {
    /// One step of a turn of the loop (`esp_mqtt_task`, `MQTT_STATE_CONNECTED`).
    pub(super) fn step_connected(&mut self, now: Duration) -> bool {
        match self.turn {
            Turn::Fragment(fragment) => return self.step_fragment(now, fragment),
            Turn::Acknowledge(QoS::ExactlyOnce, id) => {
                self.answer(Packet::PubRec, id);
                self.turn = Turn::Upkeep;
            }
            Turn::Acknowledge(_, id) => {
                self.answer(Packet::PubAck, id);
                self.turn = Turn::Upkeep;
            }
            Turn::Upkeep => self.upkeep(now),
            Turn::Over if self.readable || self.next_turn <= now || self.has_stalled(now) => {
                self.begin_turn(now)
            }
            Turn::Over => return false,
        }
        true
    }

    fn begin_turn(&mut self, now: Duration) {
        let poll = self.config.kconfig.poll_read_timeout;
        // Turns in which nothing was due were left out: all they do is to move the clock of retransmission.
        let missed = now.saturating_sub(self.next_turn).as_millis() / poll.as_millis().max(1);
        if let Ok(missed @ 1..) = u32::try_from(missed) {
            self.next_turn += poll * missed;
            self.last_retransmit = Some(self.next_turn - poll);
        }
        self.delete_expired(now);
        if self.disconnect_asked {
            self.disconnect_asked = false;
            self.write(&Packet::Disconnect);
            self.abort(now);
            return;
        }
        if self.has_stalled(now) {
            self.abort(now);
            return;
        }
        self.turn = if self.readable { self.process_receive(now) } else { Turn::Upkeep };
    }

    /// A packet was begun, and no byte came in a whole poll timeout.
    fn has_stalled(&self, now: Duration) -> bool {
        let poll = self.config.kconfig.poll_read_timeout;
        !self.readable && self.incomplete_since.is_some_and(|since| now.saturating_sub(since) >= poll)
    }

    fn upkeep(&mut self, now: Duration) {
        self.turn = Turn::Over;
        let poll = self.config.kconfig.poll_read_timeout;
        // The turn that a timer began keeps to its second; one that bytes began, or that took long, starts a new one.
        let on_time = self.next_turn <= now && now < self.next_turn + poll;
        self.next_turn = if on_time { self.next_turn + poll } else { now + poll };
        self.resend(now);
        if !self.keep_alive(now) {
            self.abort(now);
            return;
        }
        let refresh = self.config.network.refresh_connection_after;
        if refresh.is_some_and(|after| now >= self.connected_at + after) {
            self.abort(now);
            self.begin_connecting();
        }
    }

    /// One message that was never sent; or, once a retransmit timeout, the oldest that was not acknowledged and the
    /// oldest PUBREL, on the same connection.
    fn resend(&mut self, now: Duration) {
        let timeout = self.config.session.message_retransmit_timeout;
        let last = *self.last_retransmit.get_or_insert(now);
        if let Some(item) = self.outbox.first(Progress::Queued) {
            self.outbound.extend_from_slice(&item.packet);
            let stored_for_nothing = item.packet_type == PacketType::Publish && item.packet[0] & 0x06 == 0;
            let id = item.id;
            if stored_for_nothing {
                self.outbox.remove_first(Progress::Queued);
            } else if let Some(item) = self.outbox.find(id) {
                item.tick = now;
                item.progress = Progress::Transmitted;
            }
        } else if now.saturating_sub(last) >= timeout {
            self.last_retransmit = Some(now);
            if let Some(item) = self.outbox.first(Progress::Transmitted)
                && now.saturating_sub(item.tick) > timeout
            {
                if item.packet_type == PacketType::Publish {
                    item.packet[0] |= 0x08;
                }
                self.outbound.extend_from_slice(&item.packet);
            }
            if let Some(item) = self.outbox.first(Progress::Acknowledged)
                && now.saturating_sub(item.tick) > timeout
            {
                let id = item.id;
                self.write(&Packet::PubRel(id));
            }
        }
    }

    /// `process_keepalive`: a ping half a keep alive after the last answer, however busy the link is, and the end when
    /// no answer has come after a whole one. PubSubClient pings after a keep alive of silence in either direction, and
    /// gives up after a second one.
    fn keep_alive(&mut self, now: Duration) -> bool {
        let Some(due) = self.keep_alive_due() else { return true };
        let due = if self.is_esp_mqtt() { now >= due } else { now > due };
        if !due {
            return true;
        }
        if self.awaits_pingresp {
            return false;
        }
        self.write(&Packet::PingReq);
        self.awaits_pingresp = true;
        self.last_outbound = now;
        if !self.is_esp_mqtt() {
            self.keepalive_tick = now;
        }
        true
    }

    fn keep_alive_due(&self) -> Option<Duration> {
        let whole = match self.config.session.keepalive {
            0 => return None,
            seconds => Duration::from_secs(seconds.into()),
        };
        Some(match (self.is_esp_mqtt(), self.awaits_pingresp) {
            (true, false) => self.keepalive_tick + whole / 2,
            (true, true) => self.keepalive_tick + whole,
            (false, _) => self.keepalive_tick.min(self.last_outbound) + whole,
        })
    }

    pub(super) fn delete_expired(&mut self, now: Duration) {
        let age = self.config.kconfig.outbox_expired_timeout;
        while let Some(item) = self.outbox.remove_expired(now, age) {
            if self.config.kconfig.report_deleted_messages {
                self.queue.push_back(Queued::Event(Event::Deleted(item.id)));
            }
        }
    }

    /// When [`poll`](Self::poll) must be called at the latest. The task of the chip turns once a second; turns in
    /// which nothing can be due are left out.
    pub fn wake_at(&self) -> Option<Duration> {
        let timeout = self.config.network.timeout;
        let blocked = self.blocked_since.map(|since| since + timeout);
        let wake = match (self.state, self.turn) {
            (State::Stopped | State::Connecting, _) => None,
            (State::AwaitingConnAck { since }, _) => Some(since + timeout),
            (State::WaitingToReconnect { .. }, _) => {
                let waits = !self.config.network.disable_auto_reconnect || !self.outbox.is_empty();
                waits.then_some(self.next_turn)
            }
            (State::Connected, Turn::Fragment(fragment)) => Some(fragment.since + timeout),
            (State::Connected, _) => self.next_due_turn(),
        };
        [wake, blocked].into_iter().flatten().min()
    }

    fn next_due_turn(&self) -> Option<Duration> {
        let poll = self.config.kconfig.poll_read_timeout;
        let at_next = (self.disconnect_asked || !self.outbox.is_empty()).then_some(self.next_turn);
        let refresh = self.config.network.refresh_connection_after.map(|after| self.connected_at + after);
        let due = [at_next, refresh, self.keep_alive_due()].into_iter().flatten().min();
        let turn = due.map(|due| {
            let turns = due.saturating_sub(self.next_turn).as_millis().div_ceil(poll.as_millis().max(1));
            self.next_turn + poll * u32::try_from(turns).unwrap_or(u32::MAX)
        });
        let stalled = self.incomplete_since.map(|since| since + poll);
        [turn, stalled].into_iter().flatten().min()
    }
}
