//! Any TOML is a firmware or refused.
#![no_main]

use esp32_sim::firmware::Firmware;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| drop(Firmware::from_toml(text)));
