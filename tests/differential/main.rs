//! The library's models held against what the real broker does, on cases made from a seed.
//!
//! The broker of each line runs as a process of this machine, out of its image, in a network of its own: a case takes
//! milliseconds, every port is free, and nothing is reached but the loopback interface of that network.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what a test cannot do fails it")]

mod acl;
mod bytes;
mod cases;
mod client;
mod config;
mod config_lines;
mod config_text;
mod native;
mod network;
mod passwords;
mod smoke;
mod tally;
