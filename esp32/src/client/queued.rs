use std::ops::Range;

use super::{Action, Data, ErrorType, Event};
use crate::mqtt::{PacketId, QoS};

/// Where the topic of an event lies.
#[derive(Clone, Debug)]
pub(super) enum Topic {
    Inbound(Range<usize>),
    None,
    Saved,
}

/// What every part of an application message has in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Message {
    /// Bytes of the whole.
    pub(super) total: usize,
    pub(super) id: PacketId,
    pub(super) qos: QoS,
    pub(super) retain: bool,
    pub(super) dup: bool,
}

/// An action that waits. What it shows lies in the bytes that arrived.
#[derive(Clone, Debug)]
pub(super) enum Queued {
    Close,
    Connect,
    Data { topic: Topic, data: Range<usize>, offset: usize, message: Message },
    Event(Event<'static>),
    Subscribed { id: PacketId, codes: Range<usize>, error_type: ErrorType },
}

impl Queued {
    pub(super) fn action<'a>(self, inbound: &'a [u8], saved_topic: &'a [u8]) -> Action<'a> {
        let bytes = |range: Range<usize>| inbound.get(range).unwrap_or_default();
        match self {
            Self::Close => Action::Close,
            Self::Connect => Action::Connect,
            Self::Data { topic, data, offset, message } => {
                let Message { total, id, qos, retain, dup } = message;
                Action::Event(Event::Data(Data {
                    // The chip hands on whatever bytes came; of those that are no text, those before the first.
                    topic: match topic {
                        Topic::Inbound(range) => bytes(range),
                        Topic::None => &[],
                        Topic::Saved => saved_topic,
                    }
                    .utf8_chunks()
                    .next()
                    .map_or("", |chunk| chunk.valid()),
                    data: bytes(data),
                    total,
                    offset,
                    id,
                    qos,
                    retain,
                    dup,
                }))
            }
            Self::Event(event) => Action::Event(event),
            Self::Subscribed { id, codes, error_type } => {
                Action::Event(Event::Subscribed { id, codes: bytes(codes), error_type })
            }
        }
    }
}
