use ring::digest::{Context, SHA256};

/// A command that is being received, maybe in parts. Of its bytes only the first are kept.
#[derive(Clone)]
pub(super) struct Download {
    pub(super) command: String,
    pub(super) bytes: usize,
    pub(super) beginning: Vec<u8>,
    digest: Context,
}

/// Bytes that a command other than `ota` can have.
const KEPT: usize = 64;

impl Download {
    pub(super) fn new(command: &str) -> Self {
        Self { command: command.to_owned(), bytes: 0, beginning: Vec::new(), digest: Context::new(&SHA256) }
    }

    pub(super) fn add(&mut self, part: &[u8]) {
        self.bytes += part.len();
        let room = KEPT.saturating_sub(self.beginning.len());
        self.beginning.extend_from_slice(&part[..part.len().min(room)]);
        self.digest.update(part);
    }

    /// SHA-256 in hexadecimal.
    pub(super) fn digest(self) -> String {
        self.digest.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}
