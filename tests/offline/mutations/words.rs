//! The fields of a certificate in words.

use x509_parser::asn1_rs::{Oid, Tag};
use x509_parser::extensions::{ExtendedKeyUsage, NameConstraints, ParsedExtension, X509Extension};
use x509_parser::prelude::X509Certificate;
use x509_parser::x509::X509Name;

pub(super) fn oid_name(oid: &Oid<'_>) -> String {
    let entry = x509_parser::objects::oid_registry().get(oid);
    entry.map_or_else(|| oid.to_string(), |entry| entry.sn().to_owned())
}

pub(super) fn value(extension: &X509Extension<'_>) -> String {
    match extension.parsed_extension() {
        ParsedExtension::SubjectAlternativeName(names) if !(1..=10).contains(&names.general_names.len()) => {
            format!("{} names", names.general_names.len())
        }
        ParsedExtension::SubjectAlternativeName(names) => {
            let names: Vec<String> = names.general_names.iter().map(ToString::to_string).collect();
            names.join(", ").escape_default().to_string()
        }
        ParsedExtension::NsCertComment(comment) => format!("{} characters", comment.len()),
        ParsedExtension::BasicConstraints(constraints) => match constraints.path_len_constraint {
            Some(length) => format!("CA {}, path length {length}", constraints.ca),
            None => format!("CA {}", constraints.ca),
        },
        ParsedExtension::ExtendedKeyUsage(usage) => purposes(usage),
        ParsedExtension::NameConstraints(constraints) => subtrees(constraints),
        ParsedExtension::KeyUsage(usage) => usage.to_string(),
        ParsedExtension::UnsupportedExtension { .. } => format!("{} bytes", extension.value.len()),
        parsed => panic!("{parsed:?}"),
    }
}

fn purposes(usage: &ExtendedKeyUsage<'_>) -> String {
    let others = usage.code_signing || usage.email_protection || usage.time_stamping || usage.ocsp_signing;
    assert!(!others && usage.other.is_empty());
    let purposes = [(usage.any, "any"), (usage.server_auth, "server"), (usage.client_auth, "client")];
    let named: Vec<&str> = purposes.iter().filter(|(named, _)| *named).map(|(_, purpose)| *purpose).collect();
    named.join(", ")
}

fn subtrees(constraints: &NameConstraints<'_>) -> String {
    let permitted = constraints.permitted_subtrees.iter().flatten();
    let excluded = constraints.excluded_subtrees.iter().flatten();
    let permitted = permitted.map(|subtree| format!("permitted {}", subtree.base));
    let named: Vec<String> =
        permitted.chain(excluded.map(|subtree| format!("excluded {}", subtree.base))).collect();
    named.join(", ")
}

/// The common name without its nonce.
pub(super) fn subject(name: &X509Name<'_>) -> String {
    let name = name.iter_common_name().next().map_or("", |name| name.as_str().unwrap());
    let name = name.trim_start_matches("mosquitto-fixtures ");
    match name.rsplit_once(' ') {
        Some((name, _nonce)) => name.to_owned(),
        None => name.to_owned(),
    }
}

/// The same, and the type of string it is written as.
pub(super) fn written(name: &X509Name<'_>) -> String {
    let attributes: Vec<_> = name.iter_attributes().collect();
    let [attribute] = attributes[..] else {
        assert!(attributes.is_empty());
        return "empty".to_owned();
    };
    match attribute.attr_value().tag() {
        Tag::Utf8String => format!("UTF8String {}", subject(name)),
        Tag::PrintableString => format!("PrintableString {}", subject(name)),
        tag => panic!("{tag}"),
    }
}

pub(super) fn serial_number(bytes: &[u8]) -> String {
    match bytes {
        [0] => "0".to_owned(),
        [first, ..] if bytes.len() <= 20 && *first < 0x80 => "sound".to_owned(),
        _ => format!("{} bytes", bytes.len()),
    }
}

/// The algorithm, and its curve or the size of its modulus.
pub(super) fn key_kind(certificate: &X509Certificate<'_>) -> String {
    let key = certificate.public_key();
    let algorithm = oid_name(&key.algorithm.algorithm);
    match &key.algorithm.parameters {
        Some(parameters) if parameters.tag() == Tag::Oid => {
            format!("{algorithm} on {}", oid_name(&parameters.as_oid().unwrap()))
        }
        Some(_) => format!("{algorithm} of {} bits", key.parsed().unwrap().key_size()),
        None => algorithm,
    }
}
