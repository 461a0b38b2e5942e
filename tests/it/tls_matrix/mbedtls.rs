use std::sync::Arc;

use mbedtls::alloc::List;
use mbedtls::error::codes;
use mbedtls::pk::Pk;
use mbedtls::rng::{CtrDrbg, OsEntropy};
use mbedtls::ssl::config::{AuthMode, Endpoint, Preset, Transport};
use mbedtls::ssl::{Config, Context};
use mbedtls::x509::{Certificate, VerifyError};

use super::client::{Dates, Identity, Meeting};
use super::mqtt;
use super::outcome::Outcome;
use super::wire::{Wire, passed};

/// As esp-tls does (esp_tls_mbedtls.c, `set_client_config`): the default preset, verification required, a name.
pub(super) fn meet(meeting: &Meeting<'_>, dates: Dates) -> Outcome {
    let anchors = match list(meeting.anchors) {
        Ok(anchors) => anchors,
        Err(error) => {
            let reason = error.high_level().map_or_else(|| error.to_string(), |code| format!("{code:?}"));
            return Outcome::NoClient { reason };
        }
    };
    let mut context = Context::new(Arc::new(config(anchors, meeting.identity, dates).unwrap()));
    let (wire, traffic) = Wire::connect(meeting.address);
    let failed = match context.establish(wire, Some(meeting.name)) {
        Ok(()) => match mqtt::connect(&mut context, &meeting.client_id) {
            Ok(code) => return Outcome::Answered(code),
            Err(_) => return Outcome::ByBroker { alert: passed(&traffic).received() },
        },
        Err(error) => error,
    };
    let passed = passed(&traffic);
    match (failed.high_level(), context.verify_result()) {
        // What has no high level is the network: it reset the connection.
        (Some(codes::SslFatalAlertMessage | codes::SslConnEof) | None, _) => {
            Outcome::ByBroker { alert: passed.received() }
        }
        (Some(_), Err(flags)) => {
            let reason = format!("{flags:?}").replace("CERT_", "");
            Outcome::ByClient { alert: passed.sent(), reason }
        }
        (Some(code), _) => Outcome::ByClient { alert: passed.sent(), reason: format!("{code:?}") },
    }
}

fn config(anchors: List<Certificate>, identity: Option<&Identity>, dates: Dates) -> mbedtls::Result<Config> {
    let mut config = Config::new(Endpoint::Client, Transport::Stream, Preset::Default);
    config.set_rng(Arc::new(CtrDrbg::new(Arc::new(OsEntropy::new()), None)?));
    config.set_authmode(AuthMode::Required);
    config.set_ca_list(Arc::new(anchors), None);
    if dates == Dates::Ignored {
        // As in a build without MBEDTLS_HAVE_TIME_DATE, where `mbedtls_x509_time_is_past` and `_is_future` say no to
        // everything (x509.c): here what they said is taken back.
        config.set_verify_callback(|_: &Certificate, _, flags: &mut VerifyError| {
            flags.remove(VerifyError::CERT_EXPIRED | VerifyError::CERT_FUTURE);
            Ok(())
        });
    }
    if let Some(Identity { chain, key }) = identity {
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
