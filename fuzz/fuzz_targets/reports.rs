//! Any JSON is refused or gives reports; together they make one that can be read again, or do not belong together.
#![no_main]
#![allow(dead_code, reason = "the command has more to do with them")]

use libfuzzer_sys::fuzz_target;

#[path = "../../cli/src/esp32/distribution.rs"]
mod distribution;
#[path = "../../cli/src/esp32/figures.rs"]
mod figures;
#[path = "../../cli/src/esp32/reports.rs"]
mod reports;

fuzz_target!(|text: &str| {
    let Ok(reports) = reports::parsed(text) else { return };
    let Ok(merged) = reports::merged(reports) else { return };
    let written = serde_json::to_string(&merged).expect("it can be written");
    assert!(reports::parsed(&written).is_ok(), "{written}");
});
