//! What a build of ESP-IDF or Arduino makes of the client and of TLS, as data.
//!
//! A [`Firmware`] is a TOML file. Those of [`Firmware::NAMES`] are built in; a file of one's own starts from one of
//! them with `base` and overrides what differs. A key that does not exist is an error with its name and line:
//!
//! ```
//! # use esp32_sim::firmware::Firmware;
//! let firmware = Firmware::from_toml(
//!     r#"
//!     name = "greenhouse"
//!     base = "idf-5.5"
//!
//!     [session]
//!     keepalive = 30
//!
//!     [tls]
//!     date-check = true
//!     "#,
//! )?;
//! assert_eq!(firmware.client.session.keepalive, 30);
//! # Ok::<(), esp32_sim::firmware::FirmwareError>(())
//! ```

mod deal;
mod error;
mod layer;
mod profile;

pub(crate) use deal::deal;
pub use error::FirmwareError;
pub use profile::Firmware;
