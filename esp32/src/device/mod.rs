//! One device on a socket: client, TLS and application, driven by tokio.
//!
//! [`Device::run`] is the only place with I/O: bytes of the socket go into the TLS session, plaintext into the client,
//! events of the client into the application, its commands back into the client, and what they make of it out again.

mod application;
mod error;
mod order;
mod probe;
mod run;
mod setup;
mod transport;

pub use application::{Application, Command};
pub use error::SetupError;
pub use order::{Order, Orders};
pub use probe::{Phase, Probe};
pub use run::Device;
pub use setup::{Link, Setup};
