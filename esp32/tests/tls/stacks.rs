use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use esp32_sim::client::{Authentication, TransportError, Verification};
use esp32_sim::tls::{Connector, Profile, Session, Stack};

use crate::pki::HOST;

/// Every stack that this build has.
pub(crate) const STACKS: &[Stack] = &[
    Stack::Rustls,
    #[cfg(feature = "mbedtls")]
    Stack::Mbedtls,
];

/// A device, before it connects.
pub(crate) struct Device {
    pub(crate) profile: Profile,
    pub(crate) verification: Verification,
    pub(crate) authentication: Authentication,
    pub(crate) host: &'static str,
    /// Seconds since 1970.
    pub(crate) clock: u64,
}

/// 2026-01-01.
pub(crate) const NOW: u64 = 1_767_225_600;

impl Device {
    /// Trusts `anchors` (PEM), tells its verify flags and has a good clock that nobody asks.
    pub(crate) fn trusting(anchors: &str) -> Self {
        Self {
            profile: Profile { reports_verify_flags: true, ..Profile::default() },
            verification: Verification { certificate: Some(anchors.to_owned()), ..Verification::default() },
            authentication: Authentication::default(),
            host: HOST,
            clock: NOW,
        }
    }

    pub(crate) fn checking_dates(mut self) -> Self {
        self.profile.date_check = true;
        self
    }

    pub(crate) fn connector(&self, stack: Stack) -> Result<Connector, TransportError> {
        let profile = Profile { stack, ..self.profile.clone() };
        let now = UNIX_EPOCH + Duration::from_secs(self.clock);
        Connector::new(&profile, &self.verification, &self.authentication, self.host, Arc::new(move || now))
    }

    pub(crate) fn connect(&self, stack: Stack) -> Box<dyn Session> {
        self.connector(stack).unwrap().connect().unwrap()
    }
}
