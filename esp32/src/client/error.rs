/// Why a command was turned down. esp-mqtt returns a negative number instead of a packet identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// -1: there is no connection, and the message is not one that is stored.
    #[error("not connected")]
    NotConnected,
    /// -2: the outbox is at its limit.
    #[error("the outbox holds {held} of {limit} bytes, and {wanted} more do not fit")]
    OutboxFull {
        /// Bytes in the outbox.
        held: usize,
        /// Bytes that it may have.
        limit: usize,
        /// Bytes of the new payload.
        wanted: usize,
    },
    /// -1: the topic is empty, or the packet is longer than the buffer allows.
    #[error("a packet of this kind cannot be made: topic of {topic} bytes, buffer of {buffer}")]
    Unencodable {
        /// Bytes of the topic.
        topic: usize,
        /// Bytes of the buffer.
        buffer: usize,
    },
}
