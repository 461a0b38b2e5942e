//! One device: its clock, flash and power, and client, TLS and application on a socket, driven by tokio.
//!
//! [`Device::run`] is the only place with I/O: bytes of the socket go into the TLS session, plaintext into the client,
//! events of the client into the application, its commands back into the client, and what they make of it out again.

mod application;
mod clock;
mod dns;
mod flash;
mod mac;
mod order;
mod power;
mod probe;
mod run;
mod setup;
mod transport;

pub use application::{Application, Command};
pub use clock::WallClock;
pub use dns::Dns;
pub use flash::{CutWrite, Entry, Flash, KeyPair};
pub use mac::Mac;
pub use order::{Order, Orders};
pub use power::{Power, PowerChange, PowerState, ResetReason};
pub use probe::{Phase, Probe};
pub use run::Device;
pub use setup::Setup;
