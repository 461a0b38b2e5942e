//! Any TOML is a scenario with a plan, the same for the same seed, or refused.
#![no_main]

use esp32_sim::scenario::Scenario;
use libfuzzer_sys::fuzz_target;

/// A plan has a step for each device and step: of more there would be nothing new.
const DEVICES: usize = 1_000;

fuzz_target!(|text: &str| {
    if let Ok(scenario) = Scenario::from_toml(text)
        && scenario.devices <= DEVICES
    {
        let plan = scenario.plan(7).expect("it was checked");
        assert!(plan.len() >= scenario.devices && plan.is_sorted_by_key(|step| step.at));
        assert_eq!(plan, scenario.plan(7).expect("it was checked"));
        let _ = scenario.firmware_of(scenario.devices - 1);
    }
});
