use super::config::Library;
use crate::mqtt::PacketType;

/// What the beginning of the bytes that arrived is, as `mqtt_message_receive` sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Frame {
    /// More bytes are needed.
    Incomplete,
    /// No packet that the client reads: the connection is given up.
    Invalid,
    /// A packet longer than the buffer that is passed over.
    Ignored {
        length: usize,
    },
    /// A PUBLISH longer than the buffer, of which the buffer is full.
    Long {
        header: usize,
        length: usize,
    },
    Whole {
        header: usize,
        length: usize,
    },
}

/// `size` is that of the receive buffer.
pub(super) fn frame(library: Library, bytes: &[u8], size: usize) -> Frame {
    let Some(&first) = bytes.first() else { return Frame::Incomplete };
    if library == Library::EspMqtt && !has_valid_header(first) {
        return Frame::Invalid;
    }
    let Some((header, remaining)) = remaining_length(&bytes[1..]) else { return Frame::Incomplete };
    if library == Library::PubSubClient && header > 4 && bytes[4] & 0x80 != 0 {
        return Frame::Invalid;
    }
    let length = header + remaining;
    match (library, length > size) {
        (_, false) if bytes.len() < length => Frame::Incomplete,
        (_, false) => Frame::Whole { header, length },
        (Library::PubSubClient, true) => Frame::Ignored { length },
        (Library::EspMqtt, true) if packet_type(first) != Some(PacketType::Publish) => Frame::Invalid,
        (Library::EspMqtt, true) => long(bytes, header, length, size),
    }
}

/// Topic and packet identifier must fit the buffer. (The client forgets the two bytes of the topic's length here.)
fn long(bytes: &[u8], header: usize, length: usize, size: usize) -> Frame {
    let Some(topic) = bytes.get(header..header + 2) else { return Frame::Incomplete };
    let topic = usize::from(u16::from_be_bytes([topic[0], topic[1]]));
    let identifier = if qos(bytes[0]) > 0 { 2 } else { 0 };
    if header + topic + identifier > size {
        Frame::Invalid
    } else if bytes.len() < size {
        Frame::Incomplete
    } else {
        Frame::Long { header, length }
    }
}

/// Length of the fixed header, and what it says of the rest. A fifth byte of length is read and belongs to the rest,
/// as `mqtt_get_total_length` has it.
fn remaining_length(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut length = 0;
    for (index, &byte) in bytes.iter().enumerate().take(5) {
        if index == 4 {
            return Some((5, length));
        }
        length |= usize::from(byte & 0x7F) << (7 * index);
        if byte & 0x80 == 0 {
            return Some((index + 2, length));
        }
    }
    None
}

/// `mqtt_has_valid_msg_hdr`.
fn has_valid_header(first: u8) -> bool {
    packet_type(first).is_some_and(|packet_type| packet_type.allows(first & 0x0F))
}

pub(super) fn packet_type(first: u8) -> Option<PacketType> {
    PacketType::from_number(first >> 4)
}

pub(super) fn qos(first: u8) -> u8 {
    (first >> 1) & 3
}
