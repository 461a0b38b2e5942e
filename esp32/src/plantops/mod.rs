//! The firmware of a PlantOps sensor, on the topics of `docs/topics.md`.
//!
//! | topic below `plantops/<device id>/` | says | QoS, retained |
//! |---|---|---|
//! | `status` | `online`; `offline` as last will | 1, yes |
//! | `telemetry` | [`Telemetry`] as JSON, on a cadence | as configured, no |
//! | `telemetry/burst` | bytes, when a [scenario](crate::scenario) wants many messages at once | as configured, no |
//! | `commands/<name>` | what the device is to do | subscribed with 1 |
//! | `status/ack` | [`Acknowledgement`] as JSON, after each command | 1, no |

mod acknowledgement;
mod download;
mod environment;
mod sensor;
mod telemetry;

pub use acknowledgement::Acknowledgement;
pub use sensor::Sensor;
pub use telemetry::Telemetry;
