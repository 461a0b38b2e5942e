//! Any PEM file gives certificates and a key or refuses, and of a certificate that was read everything can be asked.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mosquitto_fixtures::pki::{Certificate, Pem};
use mosquitto_fuzz::with_file;

fuzz_target!(|bytes: &[u8]| {
    with_file("server.pem", bytes, |folder| {
        let Ok(pem) = Pem::read(&folder.join("server.pem")) else { return };
        let _ = pem.key();
        let certificates = Certificate::read_all(&pem).unwrap_or_default();
        for certificate in &certificates {
            let (lifetime, left) = (certificate.lifetime(), certificate.seconds_left(0));
            assert!(certificate.begins_after(0) || left <= lifetime);
            let _ = (certificate.issuer(), certificate.names(), certificate.covers("localhost"));
            let _ = (certificate.is_for_servers(), certificate.is_signed_weakly());
            let _ = (certificate.public_key().to_string(), certificate.is_anchored_by(&certificates));
        }
        if let Some(first) = pem.certificates().unwrap_or_default().first() {
            let _ = pem.key_matches(first);
        }
    });
});
