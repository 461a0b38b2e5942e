//! The simulated device against the real broker, on both lines.

mod bench;
mod fleet;
mod oracle;
mod sessions;
mod tls;
mod traffic;
