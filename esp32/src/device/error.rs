/// Why a device cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// No scheme, or another one than `mqtt` and `mqtts`.
    #[error("broker {uri:?}: mqtt://HOST[:PORT] or mqtts://HOST[:PORT] is wanted")]
    Uri {
        /// What was given.
        uri: String,
    },
}
