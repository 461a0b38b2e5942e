//! TLS of the device simulator, against a server in memory: no socket, no clock but the given one.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod pki;
mod server;
mod stacks;
mod verdicts;
