//! The command with real brokers.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what a test cannot do fails it")]

mod command;
mod context;
mod engine;
mod esp32;
mod image;
mod namespaces;
mod readme;
mod signals;
mod up;
mod verify;
