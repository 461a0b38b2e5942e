//! The simulated device against the real broker, on both lines.

mod bench;
mod fleet;
mod oracle;
mod scenario;
mod sessions;
mod stage;
mod tls;
mod torn_certificate;
mod traffic;
