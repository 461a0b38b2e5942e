use std::collections::VecDeque;
use std::time::Duration;

use crate::mqtt::{PacketId, PacketType};

/// How far a message has come (`pending_state_t`, esp-mqtt `mqtt_outbox.h`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// Not sent yet.
    Queued,
    /// Sent, and not acknowledged.
    Transmitted,
    /// PUBREC has come, PUBCOMP has not.
    Acknowledged,
}

/// A packet that waits for its acknowledgement.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) packet: Box<[u8]>,
    pub(super) id: PacketId,
    pub(super) packet_type: PacketType,
    /// When it was stored, or sent for the first time.
    pub(super) tick: Duration,
    pub(super) progress: Progress,
}

/// What is kept until it is acknowledged: in RAM, first in first out (esp-mqtt `lib/mqtt_outbox.c`). Packet
/// identifiers are drawn at random, so two items can share one; the first is then the one that is found.
#[derive(Clone, Debug, Default)]
pub(super) struct Outbox {
    items: VecDeque<Item>,
    bytes: usize,
}

impl Outbox {
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    pub(super) fn push(&mut self, item: Item) {
        self.bytes += item.packet.len();
        self.items.push_back(item);
    }

    /// The oldest item that has come so far.
    pub(super) fn first(&mut self, progress: Progress) -> Option<&mut Item> {
        self.items.iter_mut().find(|item| item.progress == progress)
    }

    pub(super) fn find(&mut self, id: PacketId) -> Option<&mut Item> {
        self.items.iter_mut().find(|item| item.id == id)
    }

    /// Takes the item that an acknowledgement is for; `None` when there is none, or was.
    pub(super) fn remove(&mut self, id: PacketId, packet_type: PacketType) -> Option<Item> {
        let index = self.items.iter().position(|item| item.id == id && item.packet_type == packet_type)?;
        self.take(index)
    }

    /// Takes the oldest item that has come so far.
    pub(super) fn remove_first(&mut self, progress: Progress) -> Option<Item> {
        let index = self.items.iter().position(|item| item.progress == progress)?;
        self.take(index)
    }

    /// Takes an item that is older than `age`, whatever its progress.
    pub(super) fn remove_expired(&mut self, now: Duration, age: Duration) -> Option<Item> {
        let index = self.items.iter().position(|item| now.saturating_sub(item.tick) > age)?;
        self.take(index)
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    fn take(&mut self, index: usize) -> Option<Item> {
        let item = self.items.remove(index)?;
        self.bytes -= item.packet.len();
        Some(item)
    }
}
