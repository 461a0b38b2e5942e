use rustls::Error;
use rustls::unbuffered::{EncodeError, EncryptError, InsufficientSizeError};

/// Why nothing was written.
pub(super) enum Refusal {
    Needs(usize),
    Broken,
}

impl From<EncodeError> for Refusal {
    fn from(error: EncodeError) -> Self {
        match error {
            EncodeError::InsufficientSize(InsufficientSizeError { required_size }) => {
                Self::Needs(required_size)
            }
            EncodeError::AlreadyEncoded => Self::Broken,
        }
    }
}

impl From<EncryptError> for Refusal {
    fn from(error: EncryptError) -> Self {
        match error {
            EncryptError::InsufficientSize(InsufficientSizeError { required_size }) => {
                Self::Needs(required_size)
            }
            EncryptError::EncryptExhausted => Self::Broken,
        }
    }
}

/// Appends what `write` puts into the room that it asks for.
pub(super) fn append(
    buffer: &mut Vec<u8>,
    mut write: impl FnMut(&mut [u8]) -> Result<usize, Refusal>,
) -> Result<(), Error> {
    let begin = buffer.len();
    let written = match write(&mut []) {
        Ok(written) => Ok(written),
        Err(Refusal::Needs(size)) => {
            buffer.resize(begin + size, 0);
            write(buffer.get_mut(begin..).unwrap_or_default())
        }
        Err(Refusal::Broken) => Err(Refusal::Broken),
    };
    buffer.truncate(begin + written.as_ref().map_or(0, |written| *written));
    written.map(|_| ()).map_err(|_| Error::EncryptError)
}
