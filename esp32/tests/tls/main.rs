//! TLS of the device simulator, against a server in memory: no socket, and no clock but the given one.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what a test cannot do fails it")]

#[cfg(feature = "mbedtls")]
mod agreement;
mod client_hello;
mod configuration;
#[cfg(feature = "mbedtls")]
mod damage;
mod pki;
mod reading;
mod record;
mod server;
mod session;
mod stacks;
mod verdicts;
