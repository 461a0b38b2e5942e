//! The client on a clock that the test turns: each row of what esp-mqtt does, as a golden trace.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod allocations;
mod connecting;
mod fragments;
mod garbage;
mod happening;
mod keep_alive;
mod outbox;
mod properties;
mod pubsubclient;
mod rig;
mod sessions;
