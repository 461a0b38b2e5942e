use super::DecodeError;

/// The longest remaining length (section 2.2.3).
pub const MAX_REMAINING_LENGTH: usize = 268_435_455;

/// Table 2.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
#[allow(missing_docs)]
pub enum PacketType {
    Connect = 1,
    ConnAck = 2,
    Publish = 3,
    PubAck = 4,
    PubRec = 5,
    PubRel = 6,
    PubComp = 7,
    Subscribe = 8,
    SubAck = 9,
    Unsubscribe = 10,
    UnsubAck = 11,
    PingReq = 12,
    PingResp = 13,
    Disconnect = 14,
}

impl PacketType {
    fn of(first: u8) -> Option<Self> {
        Some(match first >> 4 {
            1 => Self::Connect,
            2 => Self::ConnAck,
            3 => Self::Publish,
            4 => Self::PubAck,
            5 => Self::PubRec,
            6 => Self::PubRel,
            7 => Self::PubComp,
            8 => Self::Subscribe,
            9 => Self::SubAck,
            10 => Self::Unsubscribe,
            11 => Self::UnsubAck,
            12 => Self::PingReq,
            13 => Self::PingResp,
            14 => Self::Disconnect,
            _ => return None,
        })
    }

    /// Section 2.2.2.
    fn allows(self, flags: u8) -> bool {
        match self {
            Self::Publish => flags & 0x06 != 0x06 && (flags & 0x06 != 0 || flags & 0x08 == 0),
            Self::PubRel | Self::Subscribe | Self::Unsubscribe => flags == 2,
            _ => flags == 0,
        }
    }
}

/// The fixed header (section 2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FixedHeader {
    /// Which packet it is.
    pub packet_type: PacketType,
    /// The lower four bits of the first byte.
    pub flags: u8,
    /// Bytes that follow.
    pub remaining_length: usize,
}

impl FixedHeader {
    /// The header and its own length in bytes; `None` when more bytes are needed.
    pub fn decode(bytes: &[u8]) -> Result<Option<(Self, usize)>, DecodeError> {
        let Some(&first) = bytes.first() else { return Ok(None) };
        let flags = first & 0x0F;
        let packet_type = PacketType::of(first)
            .filter(|packet_type| packet_type.allows(flags))
            .ok_or(DecodeError::FirstByte { first })?;
        let mut remaining_length = 0;
        for (index, &byte) in bytes[1..].iter().take(4).enumerate() {
            remaining_length |= usize::from(byte & 0x7F) << (7 * index);
            if byte & 0x80 == 0 {
                return Ok(Some((Self { packet_type, flags, remaining_length }, index + 2)));
            }
        }
        if bytes.len() > 4 { Err(DecodeError::RemainingLength) } else { Ok(None) }
    }

    /// Appends it.
    pub(super) fn encode(self, out: &mut Vec<u8>) {
        out.push((self.packet_type as u8) << 4 | self.flags);
        let mut rest = self.remaining_length;
        loop {
            let byte = (rest & 0x7F) as u8;
            rest >>= 7;
            out.push(if rest > 0 { byte | 0x80 } else { byte });
            if rest == 0 {
                return;
            }
        }
    }
}
