//! The packets of MQTT 3.1.1, byte by byte.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what a test cannot do fails it")]

mod golden;
mod limits;
mod malformed;
mod round_trip;
mod sample;
