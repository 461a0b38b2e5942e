//! Waters dry plants: listens to the telemetry of every device, and sends a command to those that are too dry.

pub mod service;
pub mod settings;
