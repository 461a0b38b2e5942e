use oorandom::Rand32;

/// The address in a chip's eFuses. Its last three bytes are in the default client identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Mac([u8; 6]);

/// One of the prefixes that belong to Espressif.
const ESPRESSIF: [u8; 3] = [0x24, 0x6F, 0x28];

impl Mac {
    /// Of the device number `index` of a fleet. Chips of one batch count up, so no two of a fleet are equal.
    pub fn of(seed: u64, index: u32) -> Self {
        let [_, low @ ..] = Rand32::new(seed).rand_u32().wrapping_add(index).to_be_bytes();
        let [a, b, c] = ESPRESSIF;
        let [d, e, f] = low;
        Self([a, b, c, d, e, f])
    }

    /// As [`Client::new`](crate::client::Client::new) takes it.
    pub fn octets(self) -> [u8; 6] {
        self.0
    }
}
