//! Scenarios: read, planned, and played against a broker of a few lines.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what a test cannot do fails it")]

mod acting;
#[path = "../fleet/peer.rs"]
#[allow(dead_code, reason = "fleets ask more of it")]
mod peer;
mod plan;
mod playing;
mod refusals;
mod stage;
mod trace;
