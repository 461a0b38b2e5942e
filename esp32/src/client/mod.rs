//! esp-mqtt without I/O: bytes, timers and commands in, actions and events out.

mod config;
mod error_codes;
mod event;

pub use config::{Authentication, Broker, Buffer, Config, Credentials, Kconfig, LastWill, Library, Network, Outbox, Session, Verification};
pub use error_codes::{ErrorCodes, ErrorType, EspError, TransportError, verify_flags};
pub use event::{Data, Event};
