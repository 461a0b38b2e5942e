//! Who refuses whom in TLS, and with which alert.

use std::sync::Arc;
use std::time::Duration;

use mosquitto_fixtures::client::{Alert, Attempt, Side, TlsVersion, Transport, Verdict};
use mosquitto_fixtures::fixture::authority;
use mosquitto_fixtures::pki::Authority;
use mosquitto_fixtures::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    date_time_ymd,
};
use rstest::rstest;
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{self, ALL_VERSIONS, RootCertStore, ServerConfig, SupportedProtocolVersion};

use crate::peer::{Behaviour, Peer};

const CONNACK: [u8; 4] = [0x20, 2, 0, 0];

fn refused(by: Side, alert: Alert) -> Verdict {
    Verdict::RefusedInTls { by, alert: Some(alert) }
}

type Builder = rustls::ConfigBuilder<ServerConfig, rustls::WantsVerifier>;

fn builder(versions: &[&'static SupportedProtocolVersion]) -> Builder {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    ServerConfig::builder_with_provider(provider).with_protocol_versions(versions).unwrap()
}

/// What is wrong with a server certificate.
#[derive(Clone, Copy)]
enum Flaw {
    None,
    CommonNameAlone,
    Expired,
    ForClients,
    NotYetValid,
    OtherName,
}

impl Flaw {
    fn parameters(self) -> CertificateParams {
        let name = if matches!(self, Self::OtherName) { "elsewhere.test" } else { "localhost" };
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        match self {
            Self::None | Self::OtherName => {}
            Self::CommonNameAlone => {
                params.distinguished_name.push(DnType::CommonName, "localhost");
                params.subject_alt_names.clear();
            }
            Self::Expired => params.not_after = date_time_ymd(2020, 1, 1),
            Self::ForClients => params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth],
            Self::NotYetValid => params.not_before = date_time_ymd(4000, 1, 1),
        }
        params
    }
}

/// A new authority, and a server with a certificate of it.
fn served(flaw: Flaw) -> (CertificateDer<'static>, Behaviour) {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate = flaw.parameters().signed_by(&key, &issuer).unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config =
        builder(ALL_VERSIONS).with_no_client_auth().with_single_cert(vec![certificate.der().clone()], key);
    (issuer.der().clone(), Behaviour::Tls(Arc::new(config.unwrap()), CONNACK.into()))
}

async fn verdict(attempt: Attempt, anchor: CertificateDer<'static>) -> Verdict {
    attempt.trust(anchor).server_name("localhost").deadline(Duration::from_secs(5)).run().await.unwrap()
}

#[rstest]
#[case::sound(Flaw::None, Verdict::Accepted)]
#[case::common_name_alone(Flaw::CommonNameAlone, refused(Side::Client, Alert::BAD_CERTIFICATE))]
#[case::expired(Flaw::Expired, refused(Side::Client, Alert::CERTIFICATE_EXPIRED))]
#[case::for_clients(Flaw::ForClients, refused(Side::Client, Alert::UNSUPPORTED_CERTIFICATE))]
#[case::not_yet_valid(Flaw::NotYetValid, refused(Side::Client, Alert::CERTIFICATE_EXPIRED))]
#[case::other_name(Flaw::OtherName, refused(Side::Client, Alert::BAD_CERTIFICATE))]
#[tokio::test]
async fn client_judges_the_certificate(
    #[case] flaw: Flaw,
    #[case] expected: Verdict,
    #[values(TlsVersion::V1_2, TlsVersion::V1_3)] version: TlsVersion,
) {
    let (anchor, behaviour) = served(flaw);
    let peer = Peer::new(behaviour).await;
    let attempt = Attempt::new(peer.endpoint(Transport::Tls)).tls_version(version);
    assert_eq!(verdict(attempt, anchor.clone()).await, expected);
    if !expected.is_accepted() {
        let attempt = Attempt::new(peer.endpoint(Transport::WebSocketTls)).tls_version(version);
        assert_eq!(verdict(attempt, anchor).await, expected);
    }
}

#[rstest]
#[tokio::test]
async fn client_refuses_a_foreign_authority(
    authority: Authority,
    #[values(Transport::Tls, Transport::WebSocketTls)] transport: Transport,
) {
    let peer = Peer::new(served(Flaw::None).1).await;
    let verdict = verdict(Attempt::new(peer.endpoint(transport)), authority.certificate_der()).await;
    assert_eq!(verdict, refused(Side::Client, Alert::UNKNOWN_CA));
}

/// 127.0.0.1, where only localhost is certified.
#[tokio::test]
async fn certificate_is_verified_for_the_host_connected_to() {
    let (anchor, behaviour) = served(Flaw::None);
    let peer = Peer::new(behaviour).await;
    let verdict = Attempt::new(peer.endpoint(Transport::Tls)).trust(anchor).run().await.unwrap();
    assert_eq!(verdict, refused(Side::Client, Alert::BAD_CERTIFICATE));
}

#[tokio::test]
async fn attempt_without_verification_takes_any_certificate() {
    let peer = Peer::new(served(Flaw::Expired).1).await;
    let attempt = Attempt::new(peer.endpoint(Transport::Tls)).without_verification();
    let (verdict, handshake) = attempt.observe().await.unwrap();
    assert_eq!(verdict, Verdict::Accepted);
    assert_eq!(handshake.chain.len(), 1);
    assert!(!handshake.client_certificate_requested);
}

#[rstest]
#[case::tls_1_2(TlsVersion::V1_2, &TLS12, &TLS13)]
#[case::tls_1_3(TlsVersion::V1_3, &TLS13, &TLS12)]
#[tokio::test]
async fn attempt_offers_its_version_alone(
    #[case] version: TlsVersion,
    #[case] same: &'static SupportedProtocolVersion,
    #[case] other: &'static SupportedProtocolVersion,
    authority: Authority,
) {
    for (spoken, expected) in
        [(same, Verdict::Accepted), (other, refused(Side::Server, Alert::PROTOCOL_VERSION))]
    {
        let server = authority.issue(&["localhost"]).unwrap();
        let config = builder(&[spoken]).with_no_client_auth();
        let config = config.with_single_cert(vec![server.certificate_der()], server.key_der()).unwrap();
        let peer = Peer::new(Behaviour::Tls(Arc::new(config), CONNACK.into())).await;
        let attempt = Attempt::new(peer.endpoint(Transport::Tls)).tls_version(version);
        assert_eq!(verdict(attempt, authority.certificate_der()).await, expected);
    }
}

/// Under TLS 1.3 the client has long finished its handshake when it learns that it is refused.
#[rstest]
#[case::tls_1_2(TlsVersion::V1_2)]
#[case::tls_1_3(TlsVersion::V1_3)]
#[tokio::test]
async fn server_that_wants_a_client_certificate_refuses(
    #[case] version: TlsVersion,
    #[values(Transport::Tls, Transport::WebSocketTls)] transport: Transport,
    authority: Authority,
) {
    let mut anchors = RootCertStore::empty();
    anchors.add(authority.certificate_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(anchors), provider).build().unwrap();
    let server = authority.issue(&["localhost"]).unwrap();
    let config = builder(ALL_VERSIONS).with_client_cert_verifier(verifier);
    let config = config.with_single_cert(vec![server.certificate_der()], server.key_der()).unwrap();
    let peer = Peer::new(Behaviour::Tls(Arc::new(config), CONNACK.into())).await;
    let attempt = Attempt::new(peer.endpoint(transport)).tls_version(version).server_name("localhost");
    let (verdict, handshake) = attempt.trust(authority.certificate_der()).observe().await.unwrap();
    assert_eq!(verdict, refused(Side::Server, Alert::CERTIFICATE_REQUIRED));
    assert!(handshake.client_certificate_requested);
}

#[rstest]
#[case::handshake_failure(Alert::HANDSHAKE_FAILURE, "handshake_failure")]
#[case::protocol_version(Alert::PROTOCOL_VERSION, "protocol_version")]
#[case::internal_error(Alert::INTERNAL_ERROR, "internal_error")]
#[case::unnamed(Alert(200), "200")]
#[tokio::test]
async fn alert_of_the_server_is_the_verdict(
    #[case] alert: Alert,
    #[case] name: &str,
    #[values(Transport::Tls, Transport::WebSocketTls)] transport: Transport,
) {
    // TLSPlaintext: alert, TLS 1.2, two bytes: fatal, description.
    let peer = Peer::answering([21, 3, 3, 0, 2, 2, alert.0]).await;
    let verdict = Attempt::new(peer.endpoint(transport)).without_verification().run().await.unwrap();
    assert_eq!(verdict, refused(Side::Server, alert));
    assert_eq!(verdict.to_string(), format!("refused in TLS by the broker, alert {name}"));
}

#[rstest]
#[case::mqtt(&CONNACK, Alert(10))]
#[case::http(b"HTTP/1.1 400 Bad Request\r\n\r\n", Alert(10))]
#[case::empty_server_hello(&[22, 3, 3, 0, 4, 2, 0, 0, 0], Alert(50))]
#[tokio::test]
async fn client_refuses_what_is_not_tls(#[case] answer: &[u8], #[case] alert: Alert) {
    let peer = Peer::answering(answer).await;
    let verdict = Attempt::new(peer.endpoint(Transport::Tls)).without_verification().run().await.unwrap();
    assert_eq!(verdict, refused(Side::Client, alert));
}
