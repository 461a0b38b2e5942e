use serde::{Deserialize, Serialize};

/// What became of a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledgement {
    /// The last level of the command's topic.
    pub command: String,
    /// Whether it was carried out.
    pub done: bool,
    /// Bytes of the message.
    pub bytes: usize,
    /// SHA-256 of the message, in hexadecimal: of an `ota` image alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}
