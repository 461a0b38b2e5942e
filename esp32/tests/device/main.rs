//! Firmware, clock, flash, power and the PlantOps sensor, on a clock that the test turns.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what a test cannot do fails it")]

mod clock;
mod firmware;
mod flash;
mod mac;
mod power;
mod sensor;
