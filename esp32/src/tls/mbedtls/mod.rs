//! Mbed TLS 2.28 as one of the stacks.

mod config;
mod connector;
mod session;
mod wire;

pub(super) use connector::Connector;
