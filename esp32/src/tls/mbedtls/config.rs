use std::sync::Arc;

use mbedtls::alloc::{Box as MbedtlsBox, List};
use mbedtls::pk::{EcGroupId, Pk};
use mbedtls::rng::{CtrDrbg, OsEntropy};
use mbedtls::ssl::Config;
use mbedtls::ssl::config::{AuthMode, Endpoint, NullTerminatedStrList, Preset, Transport, Version};
use mbedtls::x509::{Certificate, VerifyError};
use rustls::pki_types::CertificateDer;

use crate::client::verify_flags as flags;
use crate::client::{Authentication, EspError, TransportError, Verification};
use crate::tls::clock::since_1970;
use crate::tls::{Clock, Profile, credentials, failure, x509};

/// As esp-tls does (`esp_tls_mbedtls.c`, `set_client_config`): the default preset, TLS 1.2, verification required.
pub(super) fn config(
    profile: &Profile,
    verification: &Verification,
    authentication: &Authentication,
    clock: Clock,
) -> Result<Config, TransportError> {
    let anchors = credentials::anchors(verification, read)?;
    let identity = credentials::identity(authentication, read)?;
    let mut config = Config::new(Endpoint::Client, Transport::Stream, Preset::Default);
    config.set_authmode(AuthMode::Required);
    config.set_ca_list(Arc::new(list(anchors)), None);
    limit(&mut config, profile, &verification.alpn_protos).map_err(|error| setup_failed(&error))?;
    config.set_verify_callback(callback(
        profile.date_check.then_some(clock),
        verification.skip_cert_common_name_check,
    ));
    if let Some(identity) = identity {
        let key = Pk::from_private_key(identity.key.secret_der(), None)
            .map_err(|error| failure::setup(EspError::MBEDTLS_PK_PARSE_KEY_FAILED, code(&error)))?;
        config
            .push_cert(Arc::new(list(identity.chain)), Arc::new(key))
            .map_err(|error| setup_failed(&error))?;
    }
    Ok(config)
}

/// To what the chip offers.
fn limit(config: &mut Config, profile: &Profile, alpn_protos: &[String]) -> mbedtls::Result<()> {
    config.set_rng(Arc::new(CtrDrbg::new(Arc::new(OsEntropy::new()), None)?));
    config.set_min_version(Version::Tls1_2)?;
    config.set_max_version(Version::Tls1_2)?;
    // Both lists end with 0.
    let suites = profile.suites.numbers().into_iter().map(i32::from).chain([0]);
    config.set_ciphersuites(Arc::new(suites.collect()));
    let groups = [
        EcGroupId::Curve25519,
        EcGroupId::SecP256R1,
        EcGroupId::SecP384R1,
        EcGroupId::SecP521R1,
        EcGroupId::Bp256R1,
        EcGroupId::Bp384R1,
        EcGroupId::Bp512R1,
        EcGroupId::None,
    ];
    config.set_curves(Arc::new(groups.map(Into::into).to_vec()));
    if !alpn_protos.is_empty() {
        let names: Vec<&str> = alpn_protos.iter().map(String::as_str).collect();
        config.set_alpn_protocols(Arc::new(NullTerminatedStrList::new(&names)?))?;
    }
    Ok(())
}

/// The library is built with `MBEDTLS_HAVE_TIME_DATE` and asks the host's clock: what it says of dates is taken back,
/// and said by the device's clock if there is one.
fn callback(
    clock: Option<Clock>,
    any_name: bool,
) -> impl Fn(&Certificate, i32, &mut VerifyError) -> mbedtls::Result<()> + Send + Sync {
    move |certificate, _, found| {
        found.remove(VerifyError::CERT_EXPIRED | VerifyError::CERT_FUTURE);
        if any_name {
            found.remove(VerifyError::CERT_CN_MISMATCH);
        }
        let dates = clock.as_ref().map_or(0, |clock| {
            let now = since_1970(clock).as_secs().try_into().unwrap_or(i64::MAX);
            x509::dates_of_der(certificate.as_der(), now)
        });
        found.set(VerifyError::CERT_EXPIRED, dates & flags::EXPIRED != 0);
        found.set(VerifyError::CERT_FUTURE, dates & flags::FUTURE != 0);
        Ok(())
    }
}

fn read(der: CertificateDer<'static>) -> Result<MbedtlsBox<Certificate>, u16> {
    Certificate::from_der(&der).map_err(|error| code(&error))
}

fn list(certificates: Vec<MbedtlsBox<Certificate>>) -> List<Certificate> {
    let mut list = List::new();
    certificates.into_iter().for_each(|certificate| list.push(certificate));
    list
}

fn setup_failed(error: &mbedtls::Error) -> TransportError {
    failure::setup(EspError::MBEDTLS_SSL_SETUP_FAILED, code(error))
}

/// The positive number of an error.
pub(super) fn code(error: &mbedtls::Error) -> u16 {
    u16::try_from(error.to_int().saturating_neg()).unwrap_or_default()
}
