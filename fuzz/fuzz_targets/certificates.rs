//! A certificate in every place of a chain is judged without a panic, and only what was signed is accepted.
#![no_main]

use esp32_sim::tls::judge;
use libfuzzer_sys::fuzz_target;

const ROOT: &[u8] = include_bytes!("../seeds/certificates/root.der");
const LEAF: &[u8] = include_bytes!("../seeds/certificates/leaf.der");

fuzz_target!(|der: &[u8]| {
    // What is no anchor is not read anywhere else either.
    if judge(der, &[LEAF]).is_err() {
        return;
    }
    // Only the signature can be written in another way, and it stands at the end.
    let signed = &LEAF[4..LEAF.len() - 90];
    let is_leaf = der.windows(signed.len()).any(|window| window == signed);
    assert!(judge(ROOT, &[der]) != Ok(0) || is_leaf);
    let _ = judge(ROOT, &[LEAF, der]);
    let _ = judge(ROOT, &[der, LEAF]);
});
