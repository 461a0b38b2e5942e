use serde::Deserialize;

/// Which cipher suites the ClientHello offers: what Mbed TLS has (`ssl_ciphersuites.c`), less what ESP-IDF's Kconfig
/// leaves out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum Suites {
    /// 38 suites: ECDHE, RSA key exchange and static ECDH.
    #[default]
    #[serde(rename = "idf-5")]
    Idf5,
    /// 16 suites: ECDHE alone.
    #[serde(rename = "idf-6")]
    Idf6,
}

/// ECDHE with AES-256, then with AES-128; each by GCM, CCM, CBC, CCM_8.
const ECDHE: [u16; 16] = [
    0xC02C, 0xC030, 0xC0AD, 0xC024, 0xC028, 0xC00A, 0xC014, 0xC0AF, // AES-256
    0xC02B, 0xC02F, 0xC0AC, 0xC023, 0xC027, 0xC009, 0xC013, 0xC0AE, // AES-128
];

/// RSA key exchange and static ECDH.
const STATIC: [u16; 22] = [
    0x009D, 0xC09D, 0x003D, 0x0035, 0xC032, 0xC02A, 0xC00F, 0xC02E, 0xC026, 0xC005, 0xC0A1, // AES-256
    0x009C, 0xC09C, 0x003C, 0x002F, 0xC031, 0xC029, 0xC00E, 0xC02D, 0xC025, 0xC004, 0xC0A0, // AES-128
];

impl Suites {
    /// The suites by IANA number, the most wanted first.
    #[must_use]
    pub fn numbers(self) -> Vec<u16> {
        match self {
            Self::Idf5 => [ECDHE.as_slice(), STATIC.as_slice()].concat(),
            Self::Idf6 => ECDHE.to_vec(),
        }
    }
}
