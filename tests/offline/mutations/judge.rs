//! Two TLS stacks as judges of a chain, without a handshake.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use mosquitto_fixtures::pki::mutation::{Chain, Clock};
use mosquitto_fixtures::rustls::client::WebPkiServerVerifier;
use mosquitto_fixtures::rustls::client::danger::ServerCertVerifier;
use mosquitto_fixtures::rustls::pki_types::{ServerName, UnixTime};
use mosquitto_fixtures::rustls::{CertificateError, Error, RootCertStore, crypto::ring};

use crate::openssl::openssl;
use crate::project::Project;

/// What a judge says that lets a chain pass.
pub(super) const ACCEPT: &str = "accept";

/// As a TLS client with security level 2 judges it, the default of OpenSSL 3.2 and of Debian: the first complaint.
pub(super) fn by_openssl(chain: &Chain) -> String {
    let folder = Project::empty();
    folder.write("anchors.pem", chain.anchors_pem());
    folder.write("served.pem", chain.served_pem());
    let kind =
        if chain.name().parse::<std::net::IpAddr>().is_ok() { "-verify_ip" } else { "-verify_hostname" };
    let instant = chain.clock().instant().duration_since(UNIX_EPOCH).unwrap().as_secs().to_string();
    let client = ["-CAfile", "anchors.pem", "-purpose", "sslserver", "-auth_level", "2", kind, chain.name()];
    // Only where it must be told: everything else is judged by the clock of this machine.
    let clock: &[&str] = match chain.clock() {
        Clock::At(_) => &["-attime", &instant],
        _ => &[],
    };
    let server = ["-untrusted", "served.pem", "served.pem"];
    match openssl(folder.root(), &[&["verify"], &client[..], clock, &server].concat()) {
        Ok(said) if said == "served.pem: OK\n" => ACCEPT.to_owned(),
        Ok(said) => panic!("{said}"),
        Err(said) => {
            let complaint = said.lines().find_map(|line| line.split_once(" lookup: "));
            complaint.unwrap_or_else(|| panic!("{said}")).1.to_owned()
        }
    }
}

/// As rustls does: the kind of its error. `later` is added to the instant.
pub(super) fn by_rustls(chain: &Chain, later: Duration) -> String {
    let mut roots = RootCertStore::empty();
    for anchor in chain.anchors() {
        roots.add(anchor.clone()).unwrap();
    }
    let provider = Arc::new(ring::default_provider());
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
    let name = ServerName::try_from(chain.name()).unwrap();
    let instant =
        UnixTime::since_unix_epoch(chain.clock().instant().duration_since(UNIX_EPOCH).unwrap() + later);
    let (end_entity, others) = chain.served().split_first().unwrap();
    match verifier.verify_server_cert(end_entity, others, &name, &[], instant) {
        Ok(_) => ACCEPT.to_owned(),
        Err(Error::InvalidCertificate(CertificateError::Other(error))) => kind(&error.0),
        Err(Error::InvalidCertificate(error)) => kind(&error),
        Err(error) => panic!("{error}"),
    }
}

/// Whether an OpenSSL server with security level 2 loads what it is to send and its key: its first complaint.
pub(super) fn by_server(chain: &Chain) -> String {
    let folder = Project::empty();
    folder.write("served.pem", chain.served_pem());
    let mut server = Command::new("openssl")
        .args(["s_server", "-accept", "127.0.0.1:0", "-cipher", "DEFAULT:@SECLEVEL=2"])
        .args(["-cert", "served.pem", "-cert_chain", "served.pem"])
        // A broker has no passphrase. This one is wrong, and keeps OpenSSL from asking at a terminal.
        .args(["-key", "/dev/stdin", "-pass", "pass:wrong"])
        .current_dir(folder.root())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    server.stdin.take().unwrap().write_all(chain.key_pem().as_bytes()).unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let loaded = lines.any(|line| line.unwrap().starts_with("ACCEPT"));
    server.kill().unwrap();
    let said = String::from_utf8(server.wait_with_output().unwrap().stderr).unwrap();
    if loaded {
        return ACCEPT.to_owned();
    }
    // Thread, "error", number, library, function, reason, file, line.
    let complaint = said.lines().find_map(|line| line.split(':').nth(5));
    complaint.unwrap_or_else(|| panic!("{said}")).to_owned()
}

/// The name of an error's variant; rustls has some of them a second time, with the context of the error.
fn kind(error: &dyn std::fmt::Debug) -> String {
    let shown = format!("{error:?}");
    let name = shown.split(|character: char| !character.is_ascii_alphanumeric()).next().unwrap();
    name.trim_end_matches("Context").to_owned()
}
