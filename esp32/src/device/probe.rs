use std::time::Duration;

use crate::client::Event;

/// A step that takes time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// From the name to an open TCP connection.
    Tcp,
    /// The TLS handshake.
    Tls,
    /// From CONNECT to CONNACK.
    ConnAck,
    /// From the first PUBLISH of QoS 1 or 2 to PUBACK or PUBCOMP.
    PubAck,
}

/// Looks on. Shared by many devices.
pub trait Probe: Send + Sync {
    /// A step was taken.
    fn phase(&self, _device: usize, _phase: Phase, _took: Duration) {}

    /// The client raised an event.
    fn event(&self, _device: usize, _event: &Event<'_>) {}

    /// A message was handed to the client.
    fn published(&self, _device: usize) {}
}

impl Probe for () {}
