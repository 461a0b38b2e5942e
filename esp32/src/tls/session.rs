use crate::client::TransportError;

/// One TLS connection. A driver hands over what the socket said and writes what [`transmit`](Self::transmit) holds
/// after every call, also after one that failed: the alert is in there.
pub trait Session: Send {
    /// Ciphertext that arrived. All of it is taken.
    fn receive(&mut self, ciphertext: &[u8]) -> Result<(), TransportError>;

    /// Ciphertext to write. The driver removes what it wrote.
    fn transmit(&mut self) -> &mut Vec<u8>;

    /// Whether Finished has not been exchanged.
    fn is_handshaking(&self) -> bool;

    /// Appends the plaintext that arrived and says how many bytes that were.
    fn read(&mut self, plaintext: &mut Vec<u8>) -> Result<usize, TransportError>;

    /// Encrypts, in records of at most [`out_content_len`](super::Profile::out_content_len) bytes.
    fn write(&mut self, plaintext: &[u8]) -> Result<(), TransportError>;

    /// Whether the peer said that it sends no more.
    fn close_notify_received(&self) -> bool;

    /// Queues close_notify. Before the end of the handshake there is nothing to close.
    fn close(&mut self);

    /// What the end of the peer's stream means at this point.
    fn end_of_stream(&self) -> TransportError;
}

/// Hands over the plaintext that waits; once there is none, what the connection failed with.
pub(super) fn hand_over(
    waiting: &mut Vec<u8>,
    failed: Option<TransportError>,
    plaintext: &mut Vec<u8>,
) -> Result<usize, TransportError> {
    let read = std::mem::take(waiting);
    plaintext.extend_from_slice(&read);
    match failed {
        Some(failure) if read.is_empty() => Err(failure),
        _ => Ok(read.len()),
    }
}
