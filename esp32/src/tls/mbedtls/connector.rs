use std::sync::Arc;

use mbedtls::ssl::Config;

use super::config::config;
use super::session::MbedtlsSession;
use crate::client::{Authentication, TransportError, Verification};
use crate::tls::{Clock, Profile, Session};

pub(in crate::tls) struct Connector {
    config: Arc<Config>,
    /// What goes into SNI. Mbed TLS 2.28.10 verifies nothing without a name, and this binding cannot say that there is
    /// to be none: with `skip_cert_common_name_check` SNI is sent, other than by the chip.
    name: String,
    reports_verify_flags: bool,
    out_content_len: usize,
}

impl Connector {
    pub(in crate::tls) fn new(
        profile: &Profile,
        verification: &Verification,
        authentication: &Authentication,
        host: &str,
        clock: Clock,
    ) -> Result<Self, TransportError> {
        Ok(Self {
            config: Arc::new(config(profile, verification, authentication, clock)?),
            name: verification.common_name.clone().unwrap_or_else(|| host.to_owned()),
            reports_verify_flags: profile.reports_verify_flags,
            out_content_len: profile.out_content_len,
        })
    }

    pub(in crate::tls) fn connect(&self) -> Result<Box<dyn Session>, TransportError> {
        let config = Arc::clone(&self.config);
        let session =
            MbedtlsSession::new(config, &self.name, self.reports_verify_flags, self.out_content_len)?;
        Ok(Box::new(session))
    }
}
