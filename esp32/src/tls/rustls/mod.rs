//! rustls as one of the stacks, held to what an ESP32 does.

mod connector;
mod error_code;
mod objection;
mod outgoing;
mod provider;
mod session;
mod verifier;

pub(super) use connector::Connector;
