use std::net::SocketAddr;

use super::LinkState;

/// The network of each device, which [`Action::Link`](super::Action::Link) changes.
pub trait Links: Send + Sync {
    /// Where a device finds the broker on it.
    fn address(&self, device: usize) -> SocketAddr;

    /// What it is like from now on.
    fn set(&self, device: usize, state: LinkState);
}
