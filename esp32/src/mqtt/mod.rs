//! MQTT 3.1.1 on the wire (OASIS MQTT Version 3.1.1). No I/O: bytes in, packets out, and back.

mod decode;
mod encode;
mod error;
mod header;
mod malformed;
mod packet;

pub use error::{DecodeError, EncodeError};
pub use header::{FixedHeader, MAX_REMAINING_LENGTH, PacketType};
pub use malformed::Malformed;
pub use packet::{Connect, Filter, Packet, PacketId, Publish, QoS, Will};
