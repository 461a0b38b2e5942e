//! A server's chain, judged by OpenSSL and by rustls.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use mosquitto_fixtures::fixture::authority;
use mosquitto_fixtures::pki::{Authority, EndEntity};
use mosquitto_fixtures::rustls::{
    self, CertificateError, ClientConfig, ClientConnection, ServerConfig, ServerConnection,
};
use rstest::rstest;

use crate::openssl::openssl;
use crate::project::Project;

const NAMES: [&str; 4] = ["localhost", "*.plant.test", "127.0.0.1", "::1"];

/// What `openssl verify` says of a server certificate of `issuer`, to somebody who trusts `anchor` alone.
fn verify(anchor: &Authority, issuer: &Authority, name: &str) -> Result<String, String> {
    let project = Project::empty();
    project.write("ca.crt", anchor.certificate_pem());
    project.write("server.crt", issuer.issue(&NAMES).unwrap().certificate_pem());
    let kind = if name.parse::<IpAddr>().is_ok() { "-verify_ip" } else { "-verify_hostname" };
    let arguments = ["-CAfile", "ca.crt", "-purpose", "sslserver", "-x509_strict", kind, name, "server.crt"];
    openssl(project.root(), &[&["verify"], &arguments[..]].concat())
}

#[rstest]
#[case::host("localhost")]
#[case::wildcard("seven.plant.test")]
#[case::address("127.0.0.1")]
#[case::address_of_ipv6("::1")]
fn openssl_accepts_the_chain(#[case] name: &str, authority: Authority) {
    assert_eq!(verify(&authority, &authority, name).unwrap(), "server.crt: OK\n");
}

#[rstest]
#[case::host("elsewhere.test", "hostname mismatch")]
#[case::two_labels_for_a_wildcard("a.b.plant.test", "hostname mismatch")]
#[case::address("192.0.2.1", "IP address mismatch")]
fn openssl_refuses_another_name(#[case] name: &str, #[case] cause: &str, authority: Authority) {
    let error = verify(&authority, &authority, name).unwrap_err();
    assert!(error.contains(cause), "{error}");
}

#[rstest]
fn openssl_refuses_a_foreign_authority(authority: Authority) {
    let error = verify(&Authority::new().unwrap(), &authority, "localhost").unwrap_err();
    assert!(error.contains("unable to get local issuer certificate"), "{error}");
}

/// A server's side with this certificate, for rustls.
fn server_config(server: &EndEntity) -> ServerConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider);
    let builder = builder.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    builder.with_single_cert(vec![server.certificate_der()], server.key_der()).unwrap()
}

/// Both sides of a handshake in memory; the client's error when it refuses.
fn shake_hands(client: Arc<ClientConfig>, server: ServerConfig, name: &str) -> Result<(), rustls::Error> {
    let name = name.to_owned().try_into().unwrap();
    let mut client = ClientConnection::new(client, name).unwrap();
    let mut server = ServerConnection::new(Arc::new(server)).unwrap();
    while client.is_handshaking() || server.is_handshaking() {
        let mut wire = Vec::new();
        client.write_tls(&mut wire).unwrap();
        server.read_tls(&mut io::Cursor::new(&wire)).unwrap();
        server.process_new_packets().unwrap();
        let mut wire = Vec::new();
        server.write_tls(&mut wire).unwrap();
        client.read_tls(&mut io::Cursor::new(&wire)).unwrap();
        client.process_new_packets()?;
    }
    Ok(())
}

#[rstest]
#[case::host("localhost")]
#[case::wildcard("seven.plant.test")]
#[case::address("127.0.0.1")]
#[case::address_of_ipv6("::1")]
fn rustls_accepts_the_chain(#[case] name: &str, authority: Authority) {
    let server = authority.issue(&NAMES).unwrap();
    assert_eq!(shake_hands(authority.client_config(), server_config(&server), name), Ok(()));
}

#[rstest]
#[case::host("elsewhere.test")]
#[case::address("192.0.2.1")]
fn rustls_refuses_another_name(#[case] name: &str, authority: Authority) {
    let server = authority.issue(&NAMES).unwrap();
    let error = shake_hands(authority.client_config(), server_config(&server), name).unwrap_err();
    let rustls::Error::InvalidCertificate(error) = error else { panic!("{error}") };
    assert!(matches!(error, CertificateError::NotValidForNameContext { .. }), "{error}");
}

#[rstest]
fn rustls_refuses_a_foreign_authority(authority: Authority) {
    let foreign = Authority::new().unwrap().client_config();
    let server = authority.issue(&NAMES).unwrap();
    let error = shake_hands(foreign, server_config(&server), "localhost").unwrap_err();
    assert_eq!(error, rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer));
}
