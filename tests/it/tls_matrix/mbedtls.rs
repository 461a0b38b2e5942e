use std::sync::Arc;

use mbedtls::alloc::List;
use mbedtls::pk::Pk;
use mbedtls::rng::{CtrDrbg, OsEntropy};
use mbedtls::ssl::config::{AuthMode, Endpoint, Preset, Transport};
use mbedtls::ssl::{Config, Context};
use mbedtls::x509::{Certificate, VerifyError};

use super::mqtt;
use super::stack::{Identity, Meeting, Outcome};
use super::wire::Wire;

/// What is made of notBefore and notAfter.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Dates {
    Checked,
    /// As in a build without MBEDTLS_HAVE_TIME_DATE, where `mbedtls_x509_time_is_past` and `_is_future` say no to
    /// everything (x509.c). Here a verify callback takes back what they said.
    Ignored,
}

/// As esp-tls does (esp_tls_mbedtls.c, `set_client_config`): the default preset, verification required, a name.
pub(super) fn meet(meeting: &Meeting<'_>, dates: Dates) -> Outcome {
    let (wire, passed) = Wire::connect(meeting.address);
    let mut context = Context::new(Arc::new(config(meeting, dates).unwrap()));
    let failed = match context.establish(wire, Some(meeting.name)) {
        Ok(()) => match mqtt::connect(&mut context, &meeting.client_id) {
            Ok(code) => return Outcome::Answered(code),
            Err(error) => error.to_string(),
        },
        Err(error) => format!("{error:?}"),
    };
    let passed = passed.lock().unwrap();
    match (passed.sent(), context.verify_result()) {
        (None, _) => Outcome::ByBroker { alert: passed.received() },
        (alert, Err(flags)) => Outcome::ByClient { alert, reason: format!("{flags:?}") },
        (alert, Ok(())) => Outcome::ByClient { alert, reason: failed },
    }
}

fn config(meeting: &Meeting<'_>, dates: Dates) -> mbedtls::Result<Config> {
    let mut config = Config::new(Endpoint::Client, Transport::Stream, Preset::Default);
    config.set_rng(Arc::new(CtrDrbg::new(Arc::new(OsEntropy::new()), None)?));
    config.set_authmode(AuthMode::Required);
    config.set_ca_list(Arc::new(list(meeting.anchors)?), None);
    if dates == Dates::Ignored {
        config.set_verify_callback(|_: &Certificate, _, flags: &mut VerifyError| {
            flags.remove(VerifyError::CERT_EXPIRED | VerifyError::CERT_FUTURE);
            Ok(())
        });
    }
    if let Some(Identity { chain, key }) = meeting.identity {
        config.push_cert(Arc::new(list(chain)?), Arc::new(Pk::from_private_key(key.secret_der(), None)?))?;
    }
    Ok(config)
}

fn list(certificates: &[impl AsRef<[u8]>]) -> mbedtls::Result<List<Certificate>> {
    let mut list = List::new();
    for certificate in certificates {
        list.push(Certificate::from_der(certificate.as_ref())?);
    }
    Ok(list)
}
