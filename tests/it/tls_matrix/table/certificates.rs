//! What comes of it when a broker asks its client for a certificate: the broker judges.

use super::{ACCEPT, Cell};

/// What is expected of a client certificate.
pub(crate) struct Row {
    pub(crate) id: &'static str,
    /// What the client shows.
    pub(crate) summary: &'static str,
    /// Which of the [`LISTENERS`] it meets.
    pub(crate) listener: &'static str,
    /// Which certificate the client has.
    pub(crate) identity: &'static str,
    /// The same for every stack.
    pub(crate) verdict: Cell,
    /// What the broker's log says of it.
    pub(crate) says: &'static str,
}

/// The listeners that ask, and their options beside `certfile` and `keyfile`.
pub(crate) const LISTENERS: &[(&str, &[&str])] = &[
    ("mutual", &["cafile devices.crt", "require_certificate true"]),
    ("revoking", &["cafile devices.crt", "require_certificate true", "crlfile current.crl"]),
    ("revoking-too-late", &["cafile devices.crt", "require_certificate true", "crlfile expired.crl"]),
    ("revoking-others", &["cafile devices.crt", "require_certificate true", "crlfile root.crl"]),
    ("revoking-authorities", &["cafile devices.crt", "require_certificate true", "crlfile complete.crl"]),
    ("identity", &["cafile devices.crt", "require_certificate true", "use_identity_as_username true"]),
    ("identity-optional", &["cafile devices.crt", "use_identity_as_username true"]),
    ("subject", &["cafile devices.crt", "require_certificate true", "use_subject_as_username true"]),
];

/// OpenSSL's words for a certificate that the broker does not take.
const NOT_VERIFIED: &str = "certificate verify failed";
const NOTHING_SHOWN: &str = "peer did not return a certificate";
const NOT_AUTHORISED: &str = "not authorised";
const CONNECTED: &str = "New client connected";

/// The control first.
pub(crate) const ROWS: &[Row] = &[
    Row {
        id: "certificate.sound",
        summary: "a client certificate, and its intermediate",
        listener: "mutual",
        identity: "sound",
        verdict: &[ACCEPT],
        says: CONNECTED,
    },
    Row {
        id: "certificate.none",
        summary: "no certificate",
        listener: "mutual",
        identity: "none",
        verdict: &["broker: handshake_failure", "broker: certificate_required"],
        says: NOTHING_SHOWN,
    },
    Row {
        id: "certificate.of-unknown-root",
        summary: "a certificate of another root",
        listener: "mutual",
        identity: "of-unknown-root",
        verdict: &["broker: unknown_ca"],
        says: NOT_VERIFIED,
    },
    Row {
        id: "certificate.self-signed",
        summary: "a certificate that is signed by its own key",
        listener: "mutual",
        identity: "self-signed",
        verdict: &["broker: unknown_ca"],
        says: NOT_VERIFIED,
    },
    Row {
        id: "certificate.expired",
        summary: "a certificate that ended in 2020",
        listener: "mutual",
        identity: "expired",
        verdict: &["broker: certificate_expired"],
        says: NOT_VERIFIED,
    },
    Row {
        id: "certificate.not-yet-valid",
        summary: "a certificate that begins in the year 4000",
        listener: "mutual",
        identity: "not-yet-valid",
        verdict: &["broker: bad_certificate"],
        says: NOT_VERIFIED,
    },
    Row {
        id: "certificate.for-servers",
        summary: "a certificate for servers",
        listener: "mutual",
        identity: "for-servers",
        verdict: &["broker: unsupported_certificate"],
        says: NOT_VERIFIED,
    },
    Row {
        id: "certificate.no-purpose",
        summary: "a certificate that says nothing of its purpose",
        listener: "mutual",
        identity: "no-purpose",
        verdict: &[ACCEPT],
        says: CONNECTED,
    },
    Row {
        id: "certificate.intermediate-not-sent",
        summary: "a certificate without its intermediate",
        listener: "mutual",
        identity: "without-intermediate",
        verdict: &["broker: unknown_ca"],
        says: NOT_VERIFIED,
    },
    Row {
        id: "certificate.intermediate-expired",
        summary: "a certificate whose intermediate ended in 2020",
        listener: "mutual",
        identity: "below-expired",
        verdict: &["broker: certificate_expired"],
        says: NOT_VERIFIED,
    },
    Row {
        id: "certificate.revoked-unasked",
        summary: "a certificate that a CRL revokes, and the broker has none",
        listener: "mutual",
        identity: "revoked",
        verdict: &[ACCEPT],
        says: CONNECTED,
    },
    Row {
        id: "revocation.sound",
        summary: "a certificate that the CRL does not revoke",
        listener: "revoking",
        identity: "sound",
        verdict: &[ACCEPT],
        says: CONNECTED,
    },
    Row {
        id: "revocation.revoked",
        summary: "a certificate that the CRL revokes",
        listener: "revoking",
        identity: "revoked",
        verdict: &["broker: certificate_revoked"],
        says: NOT_VERIFIED,
    },
    Row {
        id: "revocation.none",
        summary: "no certificate",
        listener: "revoking",
        identity: "none",
        verdict: &["broker: handshake_failure", "broker: certificate_required"],
        says: NOTHING_SHOWN,
    },
    Row {
        id: "revocation.list-expired",
        summary: "a sound certificate, and a CRL that ended in 2020",
        listener: "revoking-too-late",
        identity: "sound",
        verdict: &["broker: certificate_expired"],
        says: NOT_VERIFIED,
    },
    Row {
        id: "revocation.list-of-another",
        summary: "a sound certificate, and a CRL of another authority",
        listener: "revoking-others",
        identity: "sound",
        verdict: &["broker: unknown_ca"],
        says: NOT_VERIFIED,
    },
    Row {
        id: "revocation.intermediate-revoked",
        summary: "a certificate whose intermediate a CRL revokes",
        listener: "revoking-authorities",
        identity: "below-revoked",
        verdict: &[ACCEPT],
        says: CONNECTED,
    },
    Row {
        id: "identity.common-name",
        summary: "a certificate whose common name is the user name",
        listener: "identity",
        identity: "sound",
        verdict: &[ACCEPT],
        says: "u'device-7'",
    },
    Row {
        id: "identity.no-common-name",
        summary: "a certificate without a common name",
        listener: "identity",
        identity: "no-common-name",
        verdict: &["CONNACK 4"],
        says: NOT_AUTHORISED,
    },
    Row {
        id: "identity.none",
        summary: "no certificate, and none is required",
        listener: "identity-optional",
        identity: "none",
        verdict: &["CONNACK 4"],
        says: NOT_AUTHORISED,
    },
    Row {
        id: "identity.subject",
        summary: "a certificate whose subject is the user name",
        listener: "subject",
        identity: "sound",
        verdict: &[ACCEPT],
        says: "u'CN=device-7'",
    },
];
