use std::fmt;

use super::Fate;

/// What became of the devices. Its `Display` is what a failing run prints: the seed, and the last events of those that
/// are lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The same seed, the same again.
    pub seed: u64,
    /// In their order.
    pub fates: Vec<Fate>,
}

impl Outcome {
    /// Of how many lost devices the events are shown.
    pub const SHOWN: usize = 5;

    /// Devices that have power and no connection.
    pub fn lost(&self) -> impl Iterator<Item = &Fate> {
        self.fates.iter().filter(|fate| fate.is_lost())
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (lost, devices) = (self.lost().count(), self.fates.len());
        writeln!(f, "seed {}: {lost} of {devices} devices have power and no connection", self.seed)?;
        for fate in self.lost().take(Self::SHOWN) {
            write!(f, "{}", fate.trace)?;
        }
        if lost > Self::SHOWN {
            writeln!(f, "and {} more", lost - Self::SHOWN)?;
        }
        Ok(())
    }
}
