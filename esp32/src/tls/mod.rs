//! TLS as an ESP32 does it, without I/O: ciphertext in, plaintext out, and back.
//!
//! [`Connector`] is made once from a [`Profile`] and what the client trusts; each connection is a [`Session`].
//! Two stacks stand behind it: rustls, cheap enough for ten thousand devices, with Mbed TLS's rules for certificates;
//! and Mbed TLS itself (cargo feature `mbedtls`), for every suite that the chip offers.

mod clock;
mod connector;
mod credentials;
mod failure;
#[cfg(feature = "mbedtls")]
mod mbedtls;
mod profile;
mod rustls;
mod session;
mod suites;
mod x509;

pub use clock::Clock;
pub use connector::Connector;
pub use profile::{Profile, Stack};
pub use session::Session;
pub use suites::Suites;

/// What the rules say of certificates that were presented, leaf first, to a device that trusts `anchor`.
#[cfg(fuzzing)]
#[doc(hidden)]
pub fn judge(anchor: &[u8], presented: &[&[u8]]) -> Result<u32, u16> {
    let anchor = x509::read(anchor).map(|read| read.as_raw().to_vec().into())?;
    let rules = x509::Rules {
        anchors: vec![anchor],
        name: Some("localhost".to_owned()),
        checks_ip_address: true,
        date_check: false,
    };
    let presented: Vec<_> = presented.iter().map(|der| (*der).into()).collect();
    rules.judge(&presented.iter().collect::<Vec<_>>(), std::time::Duration::ZERO)
}
