use std::net::IpAddr;
use std::time::UNIX_EPOCH;

use mosquitto_fixtures::client::{Alert, TlsVersion};
use openssl::error::ErrorStack;
use openssl::pkey::PKey;
use openssl::ssl::{HandshakeError, Ssl, SslContext, SslMethod, SslVerifyMode, SslVersion};
use openssl::x509::store::X509StoreBuilder;
use openssl::x509::{X509, X509VerifyResult};

use super::client::{Identity, Meeting};
use super::mqtt;
use super::outcome::Outcome;
use super::wire::{Wire, passed};

/// The reason of an error that stands for a received alert is the alert's number and this
/// (SSL_AD_REASON_OFFSET, openssl/ssl.h).
const ALERT_RECEIVED: i32 = 1000;

/// As a program does that verifies the server and its name, and leaves all else to the system's OpenSSL.
pub(super) fn meet(meeting: &Meeting<'_>) -> Outcome {
    let (wire, traffic) = Wire::connect(meeting.address);
    let error = match client(meeting).unwrap().connect(wire) {
        Ok(mut stream) => match mqtt::connect(&mut stream, &meeting.client_id) {
            Ok(code) => return Outcome::Answered(code),
            // Under TLS 1.3 a broker refuses a client that has already finished the handshake.
            Err(error) => {
                drop(passed(&traffic));
                let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<openssl::ssl::Error>());
                let alert = inner.and_then(openssl::ssl::Error::ssl_error).and_then(received);
                return Outcome::ByBroker { alert };
            }
        },
        Err(HandshakeError::Failure(failed)) => failed,
        Err(HandshakeError::SetupFailure(error)) => panic!("{}: {error}", meeting.client_id),
        Err(HandshakeError::WouldBlock(_)) => panic!("{}: the connection blocks", meeting.client_id),
    };
    let result = error.ssl().verify_result();
    let sent = passed(&traffic).sent();
    match error.error().ssl_error() {
        _ if result != X509VerifyResult::OK => {
            Outcome::ByClient { alert: sent, reason: result.error_string().to_owned() }
        }
        Some(stack) if received(stack).is_none() => {
            let reason = stack.errors().first().and_then(openssl::error::Error::reason).unwrap_or_default();
            Outcome::ByClient { alert: sent, reason: reason.to_owned() }
        }
        Some(stack) => Outcome::ByBroker { alert: received(stack) },
        None => Outcome::ByBroker { alert: None },
    }
}

fn client(meeting: &Meeting<'_>) -> Result<Ssl, ErrorStack> {
    let mut context = SslContext::builder(SslMethod::tls_client())?;
    context.set_verify(SslVerifyMode::PEER);
    let version = match meeting.version {
        TlsVersion::V1_2 => SslVersion::TLS1_2,
        TlsVersion::V1_3 => SslVersion::TLS1_3,
    };
    context.set_min_proto_version(Some(version))?;
    context.set_max_proto_version(Some(version))?;
    let mut anchors = X509StoreBuilder::new()?;
    for anchor in meeting.anchors {
        anchors.add_cert(X509::from_der(anchor)?)?;
    }
    context.set_cert_store(anchors.build());
    if let Some(Identity { chain, key }) = meeting.identity {
        context.set_private_key(PKey::private_key_from_der(key.secret_der())?.as_ref())?;
        let (own, issuers) = chain.split_first().unwrap();
        context.set_certificate(X509::from_der(own)?.as_ref())?;
        for issuer in issuers {
            context.add_extra_chain_cert(X509::from_der(issuer)?)?;
        }
    }
    let mut ssl = Ssl::new(&context.build())?;
    match meeting.name.parse::<IpAddr>() {
        Ok(address) => ssl.param_mut().set_ip(address)?,
        Err(_) => {
            ssl.param_mut().set_host(meeting.name)?;
            ssl.set_hostname(meeting.name)?;
        }
    }
    if let Some(instant) = meeting.instant {
        let seconds = instant.duration_since(UNIX_EPOCH).unwrap().as_secs();
        ssl.param_mut().set_time(seconds.try_into().unwrap());
    }
    Ok(ssl)
}

fn received(stack: &ErrorStack) -> Option<Alert> {
    let reasons = stack.errors().iter().map(|error| error.reason_code() - ALERT_RECEIVED);
    reasons.filter_map(|alert| u8::try_from(alert).ok()).map(Alert).next()
}
