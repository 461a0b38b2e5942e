use std::time::Duration;

use super::esp_mqtt::{Client, Turn};
use super::queued::{Message, Queued, Topic};

/// How far a PUBLISH that is longer than the receive buffer has been read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fragment {
    /// Whether the application hears of it: PubSubClient passes it over.
    pub(super) delivered: bool,
    /// Bytes of the application message that were handed on.
    pub(super) offset: usize,
    pub(super) message: Message,
    /// When bytes came last.
    pub(super) since: Duration,
}

impl Client {
    /// Hands on one part: what is there, and no more than the buffer holds. When nothing comes within the network
    /// timeout, esp-mqtt takes the message for complete, acknowledges it, and reads what follows as a new packet
    /// (`deliver_publish`: a timeout is no error).
    pub(super) fn step_fragment(&mut self, now: Duration, mut fragment: Fragment) -> bool {
        let message = fragment.message;
        let left = message.total - fragment.offset;
        let length = left.min(self.config.buffer.size).min(self.inbound.len() - self.read);
        if length == 0 && left > 0 {
            if now.saturating_sub(fragment.since) < self.config.network.timeout {
                return false;
            }
        } else if fragment.delivered {
            self.queue.push_back(Queued::Data {
                topic: if self.saved_topic.is_empty() { Topic::None } else { Topic::Saved },
                data: self.read..self.read + length,
                offset: fragment.offset,
                message,
            });
        }
        self.read += length;
        fragment.offset += length;
        self.turn = if length == 0 || fragment.offset == message.total {
            self.readable = self.read < self.inbound.len();
            Turn::after(message.qos, message.id)
        } else {
            Turn::Fragment(fragment)
        };
        true
    }
}
