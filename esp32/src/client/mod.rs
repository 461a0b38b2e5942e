//! esp-mqtt without I/O: bytes, timers and commands in, actions and events out.
//!
//! | file | of `mqtt_client.c` |
//! |---|---|
//! | `esp_mqtt` | the task and its states |
//! | `command` | what an application calls |
//! | `receive`, `frame`, `fragment` | reading, and a PUBLISH longer than the buffer |
//! | `upkeep` | one turn of the loop: resending, keep alive, refresh |
//! | `outbox` | what waits for its acknowledgement |

mod action;
mod address;
mod command;
mod config;
mod error;
mod error_codes;
mod esp_mqtt;
mod event;
mod fragment;
mod frame;
mod outbox;
mod queued;
mod receive;
mod upkeep;

pub use action::Action;
pub use address::{Address, AddressError};
pub use config::{
    Authentication, Broker, Buffer, Config, Credentials, Kconfig, LastWill, Library, Network, Outbox,
    Session, Verification,
};
pub use error::CommandError;
pub use error_codes::{ErrorCodes, ErrorType, EspError, TransportError, verify_flags};
pub use esp_mqtt::Client;
pub use event::{Data, Event};
