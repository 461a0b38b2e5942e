/// Why bytes are no packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Section 2.2.1, 2.2.2.
    #[error("first byte {first:#04x}: no packet type, or wrong flags")]
    FirstByte {
        /// The byte.
        first: u8,
    },
    /// Section 2.2.3.
    #[error("the remaining length has more than four bytes")]
    RemainingLength,
    /// The fields do not fill the packet exactly, or one of them is out of range.
    #[error("{packet_type:?}: malformed {field}")]
    Field {
        /// Of which packet.
        packet_type: super::PacketType,
        /// Which field.
        field: &'static str,
    },
}

/// Why a packet cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    /// Section 1.5.3.
    #[error("a string of {length} bytes; 65535 is the limit")]
    StringTooLong {
        /// Its bytes.
        length: usize,
    },
    /// Section 2.2.3.
    #[error("a packet of {length} bytes; 268435455 is the limit")]
    PacketTooLong {
        /// Its remaining length.
        length: usize,
    },
}
