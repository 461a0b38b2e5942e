//! What a broker does not start with.

/// A TLS listener, and how the broker ends that is to open it.
pub(crate) struct Row {
    /// A mutation, or what is wrong with the configuration.
    pub(crate) id: &'static str,
    /// The options of the listener.
    pub(crate) listener: &'static [&'static str],
    pub(crate) exit_code: i32,
    /// A part of the line in which the broker says what it misses.
    pub(crate) says: &'static str,
    /// A part of the line in which OpenSSL gives the reason; empty where it is not asked.
    pub(crate) reason: &'static str,
}

const NO_CERTIFICATE: &str = "Error: Unable to load server certificate";
const NO_KEY: &str = "Error: Unable to load server key file";

/// The chains of `pki::mutation` that a broker serves when its security level is lowered.
pub(crate) const WEAK: &[&str] = &["keys.rsa-1024", "keys.sha1-signature"];

/// What lowers it (SSL_CTX_set_security_level(3)).
pub(crate) const LEVEL_0: &str = "ciphers DEFAULT:@SECLEVEL=0";

pub(crate) const ROWS: &[Row] = &[
    Row {
        id: "keys.rsa-1024",
        listener: &["certfile keys.rsa-1024.crt", "keyfile keys.rsa-1024.key"],
        exit_code: 1,
        says: NO_CERTIFICATE,
        reason: "ee key too small",
    },
    Row {
        id: "keys.of-another",
        listener: &["certfile keys.of-another.crt", "keyfile keys.of-another.key"],
        exit_code: 1,
        says: NO_KEY,
        reason: "key values mismatch",
    },
    Row {
        id: "keys.encrypted",
        listener: &["certfile keys.encrypted.crt", "keyfile keys.encrypted.key"],
        exit_code: 1,
        says: NO_KEY,
        reason: "bad password read",
    },
    Row {
        id: "structure.order-reversed",
        listener: &["certfile structure.order-reversed.crt", "keyfile structure.order-reversed.key"],
        exit_code: 1,
        says: NO_KEY,
        reason: "key values mismatch",
    },
    Row {
        id: "certificate.missing",
        listener: &["certfile missing.crt", "keyfile control.sound.key"],
        exit_code: 1,
        says: NO_CERTIFICATE,
        reason: "No such file or directory",
    },
    Row {
        id: "certificate.folder",
        listener: &["certfile folder", "keyfile control.sound.key"],
        exit_code: 1,
        says: NO_CERTIFICATE,
        reason: "no start line",
    },
    Row {
        id: "certificate.empty",
        listener: &["certfile empty", "keyfile control.sound.key"],
        exit_code: 1,
        says: NO_CERTIFICATE,
        reason: "no start line",
    },
    Row {
        id: "certificate.is-a-key",
        listener: &["certfile control.sound.key", "keyfile control.sound.key"],
        exit_code: 1,
        says: NO_CERTIFICATE,
        reason: "no start line",
    },
    Row {
        id: "key.missing",
        listener: &["certfile control.sound.crt", "keyfile missing.key"],
        exit_code: 1,
        says: NO_KEY,
        reason: "No such file or directory",
    },
    Row {
        id: "key.unreadable",
        listener: &["certfile control.sound.crt", "keyfile unreadable.key"],
        exit_code: 1,
        says: NO_KEY,
        reason: "Permission denied",
    },
    Row {
        id: "key.folder",
        listener: &["certfile control.sound.crt", "keyfile folder"],
        exit_code: 1,
        says: NO_KEY,
        reason: "unsupported",
    },
    Row {
        id: "key.empty",
        listener: &["certfile control.sound.crt", "keyfile empty"],
        exit_code: 1,
        says: NO_KEY,
        reason: "unsupported",
    },
    Row {
        id: "key.is-a-certificate",
        listener: &["certfile control.sound.crt", "keyfile control.sound.crt"],
        exit_code: 1,
        says: NO_KEY,
        reason: "unsupported",
    },
    Row {
        id: "key.of-another-type",
        listener: &["certfile control.sound.crt", "keyfile keys.rsa-2048.key"],
        exit_code: 1,
        says: "Error: Server certificate/key are inconsistent.",
        reason: "no certificate assigned",
    },
    Row {
        id: "key.not-named",
        listener: &["certfile control.sound.crt"],
        exit_code: 3,
        says: "Error: Both certfile and keyfile must be provided to enable a TLS listener.",
        reason: "",
    },
    Row {
        id: "certificate.not-named",
        listener: &["keyfile control.sound.key"],
        exit_code: 3,
        says: "Error: Both certfile and keyfile must be provided to enable a TLS listener.",
        reason: "",
    },
    Row {
        id: "authority.missing",
        listener: &["certfile control.sound.crt", "keyfile control.sound.key", "cafile missing.crt"],
        exit_code: 1,
        says: "Error: Unable to load CA certificates.",
        reason: "No such file or directory",
    },
    Row {
        id: "authority.empty",
        listener: &["certfile control.sound.crt", "keyfile control.sound.key", "cafile empty"],
        exit_code: 1,
        says: "Error: Unable to load CA certificates.",
        reason: "no certificate or crl found",
    },
    Row {
        id: "revocations.missing",
        listener: &[
            "certfile control.sound.crt",
            "keyfile control.sound.key",
            "cafile control.sound.crt",
            "require_certificate true",
            "crlfile missing.crl",
        ],
        exit_code: 1,
        says: "Error: Unable to load certificate revocation file",
        reason: "No such file or directory",
    },
    Row {
        id: "revocations.empty",
        listener: &[
            "certfile control.sound.crt",
            "keyfile control.sound.key",
            "cafile control.sound.crt",
            "require_certificate true",
            "crlfile empty",
        ],
        exit_code: 1,
        says: "Error: Unable to load certificate revocation file",
        reason: "no crl found",
    },
    Row {
        id: "version.unknown",
        listener: &["certfile control.sound.crt", "keyfile control.sound.key", "tls_version tlsv1.4"],
        exit_code: 1,
        says: "Error: Unsupported tls_version",
        reason: "",
    },
    Row {
        id: "ciphers.unknown",
        listener: &["certfile control.sound.crt", "keyfile control.sound.key", "ciphers NONE"],
        exit_code: 1,
        says: "Error: Unable to set TLS ciphers.",
        reason: "",
    },
];
