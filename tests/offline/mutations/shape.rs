//! A chain in words that say nothing of what differs from one making to the next: keys, nonces, signatures, the day.

use std::collections::BTreeMap;
use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use mosquitto_fixtures::pki::mutation::{Chain, Clock, PASSPHRASE};
use mosquitto_fixtures::rustls::pki_types::CertificateDer;
use x509_parser::extensions::{AuthorityKeyIdentifier, ParsedExtension};
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::time::ASN1Time;

use super::words::{key_kind, oid_name, serial_number, subject, value, written};

/// What a certificate, or the chain itself, says in each of its fields.
pub(super) type Fields = BTreeMap<String, String>;

/// The chain's own fields, under "chain", and those of each certificate under its name.
pub(super) type Shape = BTreeMap<String, Fields>;

/// The shape of a chain. `x509-parser` reads it, which had no part in making it.
pub(super) fn shape(chain: &Chain) -> Shape {
    let certificates = Certificates::new(chain);
    let mut shape: Shape = certificates
        .named
        .iter()
        .map(|(name, certificate)| (name.clone(), certificates.fields(certificate)))
        .collect();
    let names = |ders: &[CertificateDer<'_>]| {
        let names: Vec<&str> = ders.iter().map(|der| certificates.name(der)).collect();
        names.join(", ")
    };
    let clock = match chain.clock() {
        Clock::At(instant) => format!("exactly {}", certificates.seen_from_origin(seconds(instant))),
        _ => "right".to_owned(),
    };
    let own = [
        ("anchors", names(chain.anchors())),
        ("clock", clock),
        ("key", certificates.key(chain.key_pem())),
        ("name", chain.name().to_owned()),
        ("sent", names(chain.served())),
    ];
    let own = own.into_iter().map(|(field, value)| (field.to_owned(), value)).collect();
    shape.insert("chain".to_owned(), own);
    shape
}

/// The certificates of a chain, by the common name without its nonce; a second one of a name is "… again".
struct Certificates<'a> {
    named: Vec<(String, X509Certificate<'a>)>,
    /// When the chain was made, in seconds since 1970: to the second where a second matters.
    origin: i64,
}

impl<'a> Certificates<'a> {
    fn new(chain: &'a Chain) -> Self {
        let mut named: Vec<(String, X509Certificate<'a>)> = Vec::new();
        for der in chain.anchors().iter().chain(chain.served()) {
            let (rest, certificate) = X509Certificate::from_der(der).unwrap();
            assert!(rest.is_empty());
            if named.iter().any(|(_, known)| known.as_raw() == der.as_ref()) {
                continue;
            }
            // Nobody but the server does without a name of its own.
            let mut name = match subject(certificate.subject()).as_str() {
                "localhost" | "" => "end-entity".to_owned(),
                authority => authority.to_owned(),
            };
            if named.iter().any(|(known, _)| *known == name) {
                name += " again";
            }
            named.push((name, certificate));
        }
        let (now, judged) = (seconds(SystemTime::now()), seconds(chain.clock().instant()));
        let origin = if (now - judged).abs() < 3600 { judged } else { now };
        Self { named, origin }
    }

    fn name(&self, der: &CertificateDer<'_>) -> &str {
        &self.named.iter().find(|(_, certificate)| certificate.as_raw() == der.as_ref()).unwrap().0
    }

    fn fields(&self, certificate: &X509Certificate<'_>) -> Fields {
        assert!(certificate.issuer_uid.is_none() && certificate.subject_uid.is_none());
        let mut fields = vec![
            ("version", certificate.version().to_string()),
            ("serial number", serial_number(certificate.raw_serial())),
            ("algorithm inside", oid_name(&certificate.signature.algorithm)),
            ("algorithm outside", oid_name(&certificate.signature_algorithm.algorithm)),
            ("issuer", written(certificate.issuer())),
            ("subject", written(certificate.subject())),
            ("begin", self.time(certificate.validity().not_before)),
            ("end", self.time(certificate.validity().not_after)),
            ("key", key_kind(certificate)),
            ("signed by", self.signer(certificate)),
        ];
        let mut extensions: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for extension in certificate.extensions() {
            let said = match extension.parsed_extension() {
                ParsedExtension::AuthorityKeyIdentifier(named) => self.key_of(named),
                ParsedExtension::SubjectKeyIdentifier(identifier) => format!("{} bytes", identifier.0.len()),
                _ => value(extension),
            };
            let critical = if extension.critical { "critical: " } else { "" };
            extensions.entry(oid_name(&extension.oid)).or_default().push(format!("{critical}{said}"));
        }
        let extensions = extensions.into_iter().map(|(name, said)| (name, said.join(" and ")));
        fields.drain(..).map(|(field, value)| (field.to_owned(), value)).chain(extensions).collect()
    }

    fn time(&self, time: ASN1Time) -> String {
        let kind = if time.is_utctime() { "UTCTime" } else { "GeneralizedTime" };
        format!("{kind} {}", self.seen_from_origin(time.timestamp()))
    }

    /// In seconds, in days, or as it stands.
    fn seen_from_origin(&self, instant: i64) -> String {
        match instant - self.origin {
            near @ -3599..=3599 => format!("{near:+} s"),
            far @ -50_000_000..=50_000_000 => format!("{:+} d", (far as f64 / 86_400.0).round()),
            _ => ASN1Time::from_timestamp(instant).unwrap().to_string(),
        }
    }

    /// Whose key verifies the signature.
    fn signer(&self, certificate: &X509Certificate<'_>) -> String {
        let signer = self
            .named
            .iter()
            .find(|(_, other)| certificate.verify_signature(Some(other.public_key())).is_ok());
        match signer {
            Some((_, signer)) if signer.public_key().raw == certificate.public_key().raw => {
                "itself".to_owned()
            }
            Some((name, _)) => name.clone(),
            None => "nobody here".to_owned(),
        }
    }

    /// Whose key an authority key identifier names.
    fn key_of(&self, named: &AuthorityKeyIdentifier<'_>) -> String {
        assert!(named.authority_cert_issuer.is_none() && named.authority_cert_serial.is_none());
        let owner = self.named.iter().find(|(_, certificate)| {
            certificate.extensions().iter().any(|extension| match extension.parsed_extension() {
                ParsedExtension::SubjectKeyIdentifier(own) => Some(own) == named.key_identifier.as_ref(),
                _ => false,
            })
        });
        owner.map_or("of nobody here", |(name, _)| name).to_owned()
    }

    /// Whose key a private one is, as OpenSSL sees it.
    fn key(&self, pem: &str) -> String {
        let mut process = Command::new("openssl")
            .args(["pkey", "-pubout", "-outform", "DER", "-passin", &format!("pass:{PASSPHRASE}")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        process.stdin.take().unwrap().write_all(pem.as_bytes()).unwrap();
        let public = process.wait_with_output().unwrap().stdout;
        let owner = self.named.iter().find(|(_, certificate)| certificate.public_key().raw == public);
        let owner = owner.map_or("of nobody here", |(name, _)| name);
        let label = pem.lines().next().unwrap().trim_matches('-').trim_start_matches("BEGIN ");
        format!("{label}, {owner}")
    }
}

fn seconds(instant: SystemTime) -> i64 {
    instant.duration_since(UNIX_EPOCH).unwrap().as_secs() as i64
}
