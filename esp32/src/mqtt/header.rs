use super::{DecodeError, EncodeError};

/// The longest packet, without its fixed header, in bytes (section 2.2.3).
pub const MAX_REMAINING_LENGTH: usize = 268_435_455;

/// The control packets (section 2.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum PacketType {
    /// Section 3.1.
    Connect = 1,
    /// Section 3.2.
    ConnAck = 2,
    /// Section 3.3.
    Publish = 3,
    /// Section 3.4.
    PubAck = 4,
    /// Section 3.5.
    PubRec = 5,
    /// Section 3.6.
    PubRel = 6,
    /// Section 3.7.
    PubComp = 7,
    /// Section 3.8.
    Subscribe = 8,
    /// Section 3.9.
    SubAck = 9,
    /// Section 3.10.
    Unsubscribe = 10,
    /// Section 3.11.
    UnsubAck = 11,
    /// Section 3.12.
    PingReq = 12,
    /// Section 3.13.
    PingResp = 13,
    /// Section 3.14.
    Disconnect = 14,
}

impl PacketType {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 14] = [
        Self::Connect,
        Self::ConnAck,
        Self::Publish,
        Self::PubAck,
        Self::PubRec,
        Self::PubRel,
        Self::PubComp,
        Self::Subscribe,
        Self::SubAck,
        Self::Unsubscribe,
        Self::UnsubAck,
        Self::PingReq,
        Self::PingResp,
        Self::Disconnect,
    ];

    /// The type with this number; none has 0 or 15.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number).checked_sub(1)?).copied()
    }

    /// Whether this packet may carry these four flags (section 2.2.2).
    ///
    /// In a PUBLISH that is all but QoS 3 (MQTT-3.3.1-4) and DUP with QoS 0 (MQTT-3.3.1-2).
    #[must_use]
    pub fn allows(self, flags: u8) -> bool {
        match self {
            Self::Publish => flags <= 0b1111 && flags & 0b0110 != 0b0110 && flags & 0b1110 != 0b1000,
            Self::PubRel | Self::Subscribe | Self::Unsubscribe => flags == 0b0010,
            _ => flags == 0,
        }
    }
}

/// The first two to five bytes of every packet (section 2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FixedHeader {
    /// What follows.
    pub packet_type: PacketType,
    /// Four flags.
    pub flags: u8,
    /// The length of what follows, in bytes.
    pub remaining_length: usize,
}

impl FixedHeader {
    /// The header at the start of `bytes` and its own length, or `None` while it is incomplete.
    ///
    /// A remaining length with more bytes than it needs is accepted: only MQTT 5 forbids it.
    ///
    /// # Errors
    ///
    /// A reserved type, flags that the type does not allow, or a fifth byte of remaining length.
    #[inline]
    pub fn decode(bytes: &[u8]) -> Result<Option<(Self, usize)>, DecodeError> {
        let Some((&first, rest)) = bytes.split_first() else { return Ok(None) };
        let packet_type = PacketType::from_number(first >> 4).ok_or(DecodeError::ReservedType(first >> 4))?;
        let flags = first & 0x0f;
        if !packet_type.allows(flags) {
            return Err(DecodeError::Flags { packet_type, flags });
        }
        let mut remaining_length = 0;
        for (index, &byte) in rest.iter().take(4).enumerate() {
            remaining_length |= usize::from(byte & 0x7f) << (7 * index);
            if byte & 0x80 == 0 {
                return Ok(Some((Self { packet_type, flags, remaining_length }, index + 2)));
            }
        }
        if rest.len() < 4 { Ok(None) } else { Err(DecodeError::RemainingLength) }
    }

    /// Appends the header, in as few bytes as it needs.
    ///
    /// # Errors
    ///
    /// A remaining length above [`MAX_REMAINING_LENGTH`]; `out` is then unchanged.
    #[inline]
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        if self.remaining_length > MAX_REMAINING_LENGTH {
            return Err(EncodeError::PacketTooLong(self.remaining_length));
        }
        out.push((self.packet_type as u8) << 4 | self.flags & 0x0f);
        let mut left = self.remaining_length;
        while left > 0x7f {
            out.push((left & 0x7f) as u8 | 0x80);
            left >>= 7;
        }
        out.push(left as u8);
        Ok(())
    }
}
