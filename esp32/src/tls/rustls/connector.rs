use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, OnceLock};

use rustls::ClientConfig;
use rustls::client::{Resumption, UnbufferedClientConnection};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::time_provider::TimeProvider;
use rustls::version::TLS12;

use super::objection::Objection;
use super::provider::PROVIDER;
use super::session::RustlsSession;
use super::verifier::Verifier;
use crate::client::{Authentication, EspError, TransportError, Verification};
use crate::tls::credentials::{self, Identity};
use crate::tls::failure::{self, stack_err};
use crate::tls::x509::{self, Rules};
use crate::tls::{Clock, Profile, Session, clock};

/// Bytes before the payload of a record (RFC 5246, 6.2.1); rustls counts them as part of a fragment.
const RECORD_HEADER_LEN: usize = 5;

pub(in crate::tls) struct Connector {
    config: ClientConfig,
    rules: Arc<Rules>,
    reports_verify_flags: bool,
}

impl Connector {
    pub(in crate::tls) fn new(
        profile: &Profile,
        verification: &Verification,
        authentication: &Authentication,
        host: &str,
        clock: Clock,
    ) -> Result<Self, TransportError> {
        let rules = Arc::new(Rules {
            anchors: credentials::anchors(verification, readable)?,
            name: credentials::expected_name(verification, host),
            checks_ip_address: profile.checks_ip_address,
            date_check: profile.date_check,
        });
        let builder = ClientConfig::builder_with_details(Arc::clone(&PROVIDER), Arc::new(DeviceTime(clock)))
            .with_protocol_versions(&[&TLS12])
            .map_err(|_| setup_failed())?
            .dangerous()
            .with_custom_certificate_verifier(verifier(&rules, &Arc::default()));
        let mut config = match credentials::identity(authentication, readable)? {
            None => builder.with_no_client_auth(),
            Some(identity) => builder.with_client_cert_resolver(Arc::new(certified(identity)?)),
        };
        config.resumption = Resumption::disabled();
        config.max_fragment_size = Some(profile.out_content_len + RECORD_HEADER_LEN);
        config.alpn_protocols =
            verification.alpn_protos.iter().map(|name| name.clone().into_bytes()).collect();
        Ok(Self { config, rules, reports_verify_flags: profile.reports_verify_flags })
    }

    pub(in crate::tls) fn connect(&self) -> Result<Box<dyn Session>, TransportError> {
        let objection = Arc::new(OnceLock::new());
        let mut config = self.config.clone();
        config.dangerous().set_certificate_verifier(verifier(&self.rules, &objection));
        let connection = UnbufferedClientConnection::new(Arc::new(config), self.server_name())
            .map_err(|_| setup_failed())?;
        Ok(Box::new(RustlsSession::new(connection, objection, self.reports_verify_flags)?))
    }

    /// What goes into SNI: nothing for an address, for what is no name, and without a name to expect.
    fn server_name(&self) -> ServerName<'static> {
        let name = self.rules.name.clone().and_then(|name| ServerName::try_from(name).ok());
        name.unwrap_or_else(|| ServerName::from(IpAddr::from(Ipv4Addr::UNSPECIFIED)))
    }
}

fn verifier(rules: &Arc<Rules>, objection: &Arc<OnceLock<Objection>>) -> Arc<Verifier> {
    Arc::new(Verifier { rules: Arc::clone(rules), objection: Arc::clone(objection) })
}

fn readable(der: CertificateDer<'static>) -> Result<CertificateDer<'static>, u16> {
    x509::read(&der)?;
    Ok(der)
}

/// That the key belongs to the certificate is not looked at: the broker will.
fn certified(identity: Identity<CertificateDer<'static>>) -> Result<SingleCertAndKey, TransportError> {
    let key =
        PROVIDER.key_provider.load_private_key(identity.key).map_err(|_| credentials::unreadable_key())?;
    Ok(CertifiedKey::new(identity.chain, key).into())
}

fn setup_failed() -> TransportError {
    failure::setup(EspError::MBEDTLS_SSL_SETUP_FAILED, stack_err::SSL_INTERNAL_ERROR)
}

struct DeviceTime(Clock);

impl TimeProvider for DeviceTime {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(clock::since_1970(&self.0)))
    }
}

impl std::fmt::Debug for DeviceTime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DeviceTime").finish_non_exhaustive()
    }
}
