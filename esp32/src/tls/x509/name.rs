use std::net::IpAddr;

use x509_parser::asn1_rs::{Any, Tag};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::{GeneralName, ParsedExtension};
use x509_parser::x509::X509Name;

/// Whether a certificate bears `expected`: in its SAN if it has one, else in a CN of its subject
/// (Mbed TLS `x509_crt.c`, `x509_crt_verify_name`).
pub(super) fn bears(certificate: &X509Certificate<'_>, expected: &str, checks_ip_address: bool) -> bool {
    let alternatives =
        certificate.iter_extensions().find_map(|extension| match extension.parsed_extension() {
            ParsedExtension::SubjectAlternativeName(alternatives) => Some(alternatives),
            _ => None,
        });
    match alternatives {
        Some(alternatives) => alternatives.general_names.iter().any(|name| match name {
            GeneralName::DNSName(name) => matches(name.as_bytes(), expected),
            GeneralName::IPAddress(octets) => {
                checks_ip_address && expected.parse().is_ok_and(|address| is_address(octets, address))
            }
            _ => false,
        }),
        None => certificate.subject().iter_common_name().any(|name| matches(name.as_slice(), expected)),
    }
}

/// Whether two distinguished names are one, attribute by attribute (`x509_crt.c`, `x509_name_cmp`).
pub(super) fn same(left: &X509Name<'_>, right: &X509Name<'_>) -> bool {
    left.iter_rdn().count() == right.iter_rdn().count()
        && left.iter_attributes().count() == right.iter_attributes().count()
        && left.iter_attributes().zip(right.iter_attributes()).all(|(left, right)| {
            left.attr_type() == right.attr_type() && same_string(left.attr_value(), right.attr_value())
        })
}

/// A UTF8String and a PrintableString without regard to case, others byte by byte (`x509_string_cmp`).
fn same_string(left: &Any<'_>, right: &Any<'_>) -> bool {
    let any_case = |string: &Any<'_>| [Tag::Utf8String, Tag::PrintableString].contains(&string.tag());
    let is_same = left.tag() == right.tag() && left.data == right.data;
    is_same || any_case(left) && any_case(right) && left.data.eq_ignore_ascii_case(right.data)
}

/// `*.` stands for one label, whatever follows it (`x509_check_wildcard`).
fn matches(pattern: &[u8], expected: &str) -> bool {
    let expected = expected.as_bytes();
    let wildcard = || {
        let suffix =
            pattern.strip_prefix(b"*").filter(|suffix| suffix.len() > 1 && suffix.starts_with(b"."))?;
        let label = expected.iter().position(|byte| *byte == b'.').filter(|length| *length > 0)?;
        expected.get(label..).map(|rest| rest.eq_ignore_ascii_case(suffix))
    };
    pattern.eq_ignore_ascii_case(expected) || wildcard().unwrap_or(false)
}

fn is_address(octets: &[u8], address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => octets == address.octets(),
        IpAddr::V6(address) => octets == address.octets(),
    }
}
