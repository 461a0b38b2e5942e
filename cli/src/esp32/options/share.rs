use std::str::FromStr;

/// A firmware, and how many parts of the fleet have it: `idf-5.5`, `idf-5.5=3`, `mine.toml=1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Share {
    /// A built-in profile's name, or a file's.
    pub(crate) firmware: String,
    pub(crate) weight: u32,
}

impl FromStr for Share {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (firmware, weight) = match text.rsplit_once('=') {
            Some((firmware, weight)) => (firmware, weight.parse().unwrap_or(0)),
            None => (text, 1),
        };
        match (firmware, weight) {
            ("", _) => Err("a name or a file is missing"),
            (_, 0) => Err("a weight is a whole number from 1"),
            _ => Ok(Self { firmware: firmware.to_owned(), weight }),
        }
    }
}
