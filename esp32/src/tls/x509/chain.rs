use x509_parser::certificate::X509Certificate;
use x509_parser::error::X509Error;
use x509_parser::x509::X509Version;

use super::{algorithms, name};
use crate::client::verify_flags as flags;

/// `MBEDTLS_X509_MAX_INTERMEDIATE_CA`.
const MAX_INTERMEDIATES: usize = 8;

/// Flags of the path from `presented[0]` to an anchor (Mbed TLS 3.6 `x509_crt.c`, `x509_crt_verify_chain`). `now` is in
/// seconds since 1970, `None` if dates do not count. A path that is too long has every flag.
///
/// A parent is looked for among the anchors, then among the certificates that were sent **after** its child: the chain
/// of a server that sends it in another order ends there. ring checks no signature of P-521, brainpool or an RSA key
/// under 2048 bits: such a parent is none here.
pub(super) fn judge(
    presented: &[X509Certificate<'_>],
    anchors: &[X509Certificate<'_>],
    now: Option<i64>,
) -> u32 {
    let (mut found, mut length, mut self_issued) = (0, 0, 0);
    let mut rest = presented;
    while let Some((child, later)) = rest.split_first() {
        found |= dates(child, now) | algorithms::of_signature(child);
        if length == 0 && is_pinned(child, anchors) {
            return found;
        }
        let intermediates = length - self_issued;
        let search = Search { child, intermediates, now };
        if let Some(anchor) = search.among_anchors(anchors) {
            return found | dates(anchor, now) | algorithms::of_key(anchor.public_key());
        }
        let Some((index, parent)) = search.among_presented(later) else { break };
        if length > 0 && is_self_issued(child) {
            self_issued += 1;
        }
        length += 1;
        if length > MAX_INTERMEDIATES {
            return u32::MAX;
        }
        if !is_signed_by(child, parent) {
            found |= flags::NOT_TRUSTED;
        }
        found |= algorithms::of_key(parent.public_key());
        rest = later.get(index..).unwrap_or_default();
    }
    found | flags::NOT_TRUSTED
}

/// A self-issued certificate that is an anchor itself; one that a CA issued cannot be pinned
/// (`x509_crt_check_ee_locally_trusted`).
fn is_pinned(leaf: &X509Certificate<'_>, anchors: &[X509Certificate<'_>]) -> bool {
    is_self_issued(leaf) && anchors.iter().any(|anchor| anchor.as_raw() == leaf.as_raw())
}

/// `x509_crt_find_parent_in`.
struct Search<'a, 'der> {
    child: &'a X509Certificate<'der>,
    /// Between the leaf and the parent, self-issued ones not counted.
    intermediates: usize,
    now: Option<i64>,
}

impl Search<'_, '_> {
    fn among_anchors<'a, 'der>(
        &self,
        anchors: &'a [X509Certificate<'der>],
    ) -> Option<&'a X509Certificate<'der>> {
        let candidates = || {
            anchors.iter().filter(|anchor| {
                // Certificates of version 1 and 2 have no extensions.
                (anchor.version().0 < X509Version::V3.0 || may_sign(anchor))
                    && self.allows(anchor)
                    && is_signed_by(self.child, anchor)
            })
        };
        candidates().find(|anchor| self.is_in_date(anchor)).or_else(|| candidates().next())
    }

    fn among_presented<'a, 'der>(
        &self,
        presented: &'a [X509Certificate<'der>],
    ) -> Option<(usize, &'a X509Certificate<'der>)> {
        let candidates =
            || presented.iter().enumerate().filter(|(_, parent)| may_sign(parent) && self.allows(parent));
        candidates().find(|(_, parent)| self.is_in_date(parent)).or_else(|| candidates().next())
    }

    fn allows(&self, parent: &X509Certificate<'_>) -> bool {
        let path_length = parent
            .basic_constraints()
            .ok()
            .flatten()
            .and_then(|constraints| constraints.value.path_len_constraint)
            .and_then(|length| usize::try_from(length).ok());
        name::same(self.child.issuer(), parent.subject())
            && path_length.is_none_or(|length| self.intermediates <= length)
    }

    fn is_in_date(&self, candidate: &X509Certificate<'_>) -> bool {
        dates(candidate, self.now) == 0
    }
}

fn is_self_issued(certificate: &X509Certificate<'_>) -> bool {
    name::same(certificate.issuer(), certificate.subject())
}

/// basicConstraints says CA, and keyUsage, if there is one, keyCertSign (`x509_crt_check_parent`).
fn may_sign(parent: &X509Certificate<'_>) -> bool {
    let is_ca =
        parent.basic_constraints().is_ok_and(|found| found.is_some_and(|constraints| constraints.value.ca));
    is_ca && parent.key_usage().is_ok_and(|found| found.is_none_or(|usage| usage.value.key_cert_sign()))
}

/// What ring cannot check and the profile refuses for its hash has nothing but that against it.
fn is_signed_by(child: &X509Certificate<'_>, parent: &X509Certificate<'_>) -> bool {
    match child.verify_signature(Some(parent.public_key())) {
        Ok(()) => true,
        Err(X509Error::SignatureUnsupportedAlgorithm) => algorithms::of_signature(child) != 0,
        Err(_) => false,
    }
}

/// Flags of the dates of a certificate that another library has parsed.
#[cfg(feature = "mbedtls")]
pub(in crate::tls) fn dates_of_der(der: &[u8], now: i64) -> u32 {
    x509_parser::parse_x509_certificate(der).map_or(0, |(_, certificate)| dates(&certificate, Some(now)))
}

fn dates(certificate: &X509Certificate<'_>, now: Option<i64>) -> u32 {
    let Some(now) = now else { return 0 };
    let validity = certificate.validity();
    let expired = if validity.not_after.timestamp() < now { flags::EXPIRED } else { 0 };
    let future = if now < validity.not_before.timestamp() { flags::FUTURE } else { 0 };
    expired | future
}
