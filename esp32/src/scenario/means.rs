use std::error::Error;
use std::sync::Arc;

use super::{Action, Links, PlayError};
use crate::device::Entry;

/// Makes a certificate and its key for a device, both PEM.
pub(super) type Certificates =
    Arc<dyn Fn(usize) -> Result<(String, String), Box<dyn Error + Send + Sync>> + Send + Sync>;

/// What some actions need, where there is such a thing.
#[derive(Clone, Default)]
pub(super) struct Means {
    pub(super) links: Option<Arc<dyn Links>>,
    pub(super) certificates: Option<Certificates>,
}

impl Means {
    /// Whether an action can be carried out.
    pub(super) fn admit(&self, action: &Action) -> Result<(), PlayError> {
        match action {
            Action::Certificate { .. } if self.certificates.is_none() => Err(PlayError::NoCertificates),
            Action::Link(_) if self.links.is_none() => Err(PlayError::NoLinks),
            _ => Ok(()),
        }
    }

    /// A new one, in the order in which it is written.
    pub(super) fn certificate(&self, device: usize) -> Result<[Entry; 2], PlayError> {
        let issue = self.certificates.as_ref().ok_or(PlayError::NoCertificates)?;
        let (certificate, key) = issue(device).map_err(|source| PlayError::Certificate { device, source })?;
        Ok([Entry::Certificate(certificate), Entry::Key(key)])
    }
}
