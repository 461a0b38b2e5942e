use std::ops::Range;
use std::str::FromStr;

/// The part of a fleet that one of several workers is: `1/4` to `4/4`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slice {
    number: u32,
    of: u32,
}

impl Slice {
    /// All of it.
    pub(crate) const WHOLE: Self = Self { number: 1, of: 1 };

    /// Which worker, from 1.
    pub(crate) fn number(self) -> u32 {
        self.number
    }

    /// How many workers there are.
    pub(crate) fn of(self) -> u32 {
        self.of
    }

    /// Its devices' numbers. The slices of a fleet overlap nowhere, leave nothing out, and differ by one at most.
    pub(crate) fn devices(self, devices: u32) -> Range<u32> {
        let start = |number: u32| {
            let (quotient, remainder) = (devices / self.of, devices % self.of);
            number * quotient + number.min(remainder)
        };
        start(self.number - 1)..start(self.number)
    }
}

impl FromStr for Slice {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parsed = text
            .split_once('/')
            .and_then(|(number, of)| Some(Self { number: number.parse().ok()?, of: of.parse().ok()? }));
        parsed.filter(|slice| slice.number >= 1 && slice.number <= slice.of).ok_or("1/4 to 4/4 are meant")
    }
}

impl std::fmt::Display for Slice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

#[cfg(test)]
mod tests {
    use super::Slice;

    #[test]
    fn slices_overlap_nowhere_and_leave_nothing_out() {
        for (devices, of) in [(10, 3), (3, 3), (2, 3), (10_000, 7), (1, 1)] {
            let slices = (1..=of).map(|number| Slice { number, of }.devices(devices));
            assert_eq!(slices.flatten().collect::<Vec<_>>(), (0..devices).collect::<Vec<_>>());
        }
    }
}
