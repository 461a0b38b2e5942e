//! An ESP32 that speaks MQTT to a broker, without the chip.
//!
//! | module | is |
//! |---|---|
//! | [`mqtt`] | MQTT 3.1.1 on the wire: 14 packets, and the ones that no client should send |
//! | [`client`] | esp-mqtt without I/O: configuration, events, outbox, timers |
//! | [`firmware`] | what a build of ESP-IDF or Arduino makes of both, as data |
//! | [`tls`] | TLS as the chip does it, over rustls or Mbed TLS, without I/O |
//! | [`device`] | one device: client, TLS, clock, flash and power on a socket |
//! | [`plantops`] | the firmware of a PlantOps sensor |
//! | [`scenario`] | what happens to devices, and when: written in Rust or TOML, seeded, played |
//! | [`fleet`] | many devices: rates, latencies, losses |
//!
//! Data flows one way: firmware and seed (data) → device (client, TLS) → socket → figures. The crate needs neither
//! Docker nor the broker fixtures.

pub mod client;
pub mod device;
pub mod firmware;
pub mod fleet;
pub mod mqtt;
pub mod plantops;
pub mod scenario;
pub mod tls;
