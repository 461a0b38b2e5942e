use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use rustls::{Error, InconsistentKeys};

use crate::client::Config;

/// One entry of NVS. It is written whole or not at all (`nvs_commit`). Its `Debug` shows no secret.
#[derive(Clone, PartialEq, Eq)]
pub enum Entry {
    /// How often the device booted.
    BootCounter(u32),
    /// The trust anchors, PEM.
    CaCertificates(String),
    /// The client's certificate, PEM.
    Certificate(String),
    /// Which firmware is installed.
    FirmwareVersion(String),
    /// The private key of the client's certificate, PEM.
    Key(String),
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::BootCounter(_) => "BootCounter",
            Self::CaCertificates(_) => "CaCertificates",
            Self::Certificate(_) => "Certificate",
            Self::FirmwareVersion(_) => "FirmwareVersion",
            Self::Key(_) => "Key",
        })
    }
}

/// The client's certificate and its key, as they stand in flash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyPair {
    /// Neither is there.
    Absent,
    /// One of them is missing.
    Half,
    /// They belong together.
    Matching,
    /// They do not: power was cut between the two writes.
    Mismatched,
    /// One of them is no PEM of its kind.
    Unreadable,
}

/// Power went while entries were written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("power was cut after {written} entries")]
pub struct CutWrite {
    /// Entries that are in flash.
    pub written: usize,
}

/// What survives a power cut (ESP-IDF's NVS). Its `Debug` shows no secret.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Flash {
    boots: u32,
    ca_certificates: Option<String>,
    certificate: Option<String>,
    firmware_version: Option<String>,
    key: Option<String>,
    /// Entries that can be written before power goes, if it does.
    left: Option<usize>,
}

impl std::fmt::Debug for Flash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Flash")
            .field("boots", &self.boots)
            .field("firmware_version", &self.firmware_version)
            .finish_non_exhaustive()
    }
}

impl Flash {
    /// Counts the boot. Power is there again.
    pub fn boot(&mut self) {
        self.left = None;
        self.commit(Entry::BootCounter(self.boots.saturating_add(1)));
    }

    /// Writes one entry after the other. Each is safe before the next is begun, so a cut leaves the first few.
    pub fn write(&mut self, entries: impl IntoIterator<Item = Entry>) -> Result<(), CutWrite> {
        for (written, entry) in entries.into_iter().enumerate() {
            self.left = match self.left {
                Some(0) => return Err(CutWrite { written }),
                left => left.map(|left| left - 1),
            };
            self.commit(entry);
        }
        Ok(())
    }

    /// Power will go after `entries` more, until the next [`boot`](Self::boot).
    pub fn cut_after(&mut self, entries: usize) {
        self.left = Some(entries);
    }

    /// How often the device booted.
    pub fn boots(&self) -> u32 {
        self.boots
    }

    /// Which firmware is installed.
    pub fn firmware_version(&self) -> Option<&str> {
        self.firmware_version.as_deref()
    }

    /// Whether certificate and key belong together.
    pub fn key_pair(&self) -> KeyPair {
        let (certificate, key) = match (&self.certificate, &self.key) {
            (Some(certificate), Some(key)) => (certificate, key),
            (None, None) => return KeyPair::Absent,
            (Some(_), None) | (None, Some(_)) => return KeyPair::Half,
        };
        let certificate = CertificateDer::from_pem_slice(certificate.as_bytes()).ok();
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).ok();
        let key = key.and_then(|key| any_supported_type(&key).ok());
        let (Some(certificate), Some(key)) = (certificate, key) else { return KeyPair::Unreadable };
        match CertifiedKey::new(vec![certificate], key).keys_match() {
            Ok(()) => KeyPair::Matching,
            Err(Error::InconsistentKeys(InconsistentKeys::KeyMismatch)) => KeyPair::Mismatched,
            Err(_) => KeyPair::Unreadable,
        }
    }

    /// What a firmware reads at boot: trust anchors, certificate and key, as they are.
    pub fn configure(&self, config: &mut Config) {
        config.broker.verification.certificate.clone_from(&self.ca_certificates);
        let authentication = &mut config.credentials.authentication;
        authentication.certificate.clone_from(&self.certificate);
        authentication.key.clone_from(&self.key);
    }

    fn commit(&mut self, entry: Entry) {
        match entry {
            Entry::BootCounter(boots) => self.boots = boots,
            Entry::CaCertificates(pem) => self.ca_certificates = Some(pem),
            Entry::Certificate(pem) => self.certificate = Some(pem),
            Entry::FirmwareVersion(version) => self.firmware_version = Some(version),
            Entry::Key(pem) => self.key = Some(pem),
        }
    }
}
