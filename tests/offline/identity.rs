//! What a client shows, and the clock that it judges by.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use mosquitto_fixtures::client::{Alert, Attempt, Error, Side, TlsVersion, Transport, Verdict};
use mosquitto_fixtures::fixture::authority;
use mosquitto_fixtures::pki::Authority;
use mosquitto_fixtures::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair};
use rstest::rstest;
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{self, RootCertStore, ServerConfig};

use crate::peer::{Behaviour, Peer};

const CONNACK: [u8; 4] = [0x20, 2, 0, 0];

const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// A client certificate with its intermediate, its key, and the root.
fn client() -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>, CertificateDer<'static>) {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root = CertifiedIssuer::self_signed(params.clone(), KeyPair::generate().unwrap()).unwrap();
    params.distinguished_name.push(rcgen::DnType::CommonName, "intermediate");
    let intermediate = CertifiedIssuer::signed_by(params, KeyPair::generate().unwrap(), &root).unwrap();
    let mut params = CertificateParams::default();
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, &intermediate).unwrap();
    let chain = vec![certificate.der().clone(), intermediate.der().clone()];
    (chain, PrivatePkcs8KeyDer::from(key.serialize_der()).into(), root.der().clone())
}

/// A server of `authority` that wants a certificate below `root`.
async fn asking(authority: &Authority, root: CertificateDer<'static>) -> Peer {
    let mut anchors = RootCertStore::empty();
    anchors.add(root).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(anchors), Arc::clone(&provider));
    let server = authority.issue(&["localhost"]).unwrap();
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(verifier.build().unwrap())
        .with_single_cert(vec![server.certificate_der()], server.key_der());
    Peer::new(Behaviour::Tls(Arc::new(config.unwrap()), CONNACK.into())).await
}

#[rstest]
#[tokio::test]
async fn client_certificate_is_shown_with_its_issuers(
    authority: Authority,
    #[values(TlsVersion::V1_2, TlsVersion::V1_3)] version: TlsVersion,
) {
    let (chain, key, root) = client();
    let peer = asking(&authority, root).await;
    let attempt = Attempt::new(peer.endpoint(Transport::Tls)).tls_version(version).server_name("localhost");
    let attempt = attempt.trust(authority.certificate_der());
    let complete = attempt.clone().client_certificate(chain.clone(), key.clone_key());
    assert_eq!(complete.run().await.unwrap(), Verdict::Accepted);
    let incomplete = attempt.client_certificate(chain[..1].to_vec(), key);
    let unknown_ca = Verdict::RefusedInTls { by: Side::Server, alert: Some(Alert::UNKNOWN_CA) };
    assert_eq!(incomplete.run().await.unwrap(), unknown_ca);
}

#[rstest]
#[tokio::test]
async fn key_that_nobody_can_read_is_no_verdict_on_the_broker(authority: Authority) {
    let (chain, _, root) = client();
    let peer = asking(&authority, root).await;
    let attempt = Attempt::new(peer.endpoint(Transport::Tls)).trust(authority.certificate_der());
    let unreadable = PrivatePkcs8KeyDer::from(b"no key".to_vec());
    let error = attempt.client_certificate(chain, unreadable.into()).run().await.unwrap_err();
    assert!(matches!(error, Error::Unfit { .. }), "{error}");
}

#[test]
fn debug_does_not_show_the_key() {
    let (chain, key, _) = client();
    let secret = format!("{:?}", key.secret_der());
    let endpoint = mosquitto_fixtures::client::Endpoint::new(Transport::Tls, "localhost", 8883);
    let shown = format!("{:?}", Attempt::new(endpoint).client_certificate(chain, key));
    assert!(shown.contains("identity") && !shown.contains(secret.trim_matches(['[', ']'])), "{shown}");
}

/// The authority's certificates are valid for a year from now.
#[rstest]
#[case::now(SystemTime::now(), Verdict::Accepted)]
#[case::years_ago(SystemTime::now() - 2 * YEAR, expired())]
#[case::in_some_years(SystemTime::now() + 2 * YEAR, expired())]
#[tokio::test]
async fn certificate_is_judged_by_the_clock_of_the_attempt(
    #[case] instant: SystemTime,
    #[case] expected: Verdict,
    authority: Authority,
) {
    let (chain, key, root) = client();
    let peer = asking(&authority, root).await;
    let attempt = Attempt::new(peer.endpoint(Transport::Tls)).server_name("localhost").clock(instant);
    let attempt = attempt.trust(authority.certificate_der()).client_certificate(chain, key);
    assert_eq!(attempt.run().await.unwrap(), expected);
}

/// rustls has this alert for what is not yet valid too.
fn expired() -> Verdict {
    Verdict::RefusedInTls { by: Side::Client, alert: Some(Alert::CERTIFICATE_EXPIRED) }
}
