//! Fleets against a broker of a few lines, which does on purpose what a real one does not.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod connecting;
mod delivery;
mod ending;
mod limits;
mod peer;
mod plan;
mod window;
