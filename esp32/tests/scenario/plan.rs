use std::time::Duration;

use esp32_sim::scenario::{Action, DnsState, LinkState, Scenario, ScenarioError, Selection};

const SECOND: Duration = Duration::from_secs(1);

const EVERYTHING: &str = r#"
    devices = 10
    boot-within-ms = 5000
    firmware = [{ name = "idf-5.5", weight = 2 }, { name = "hardened", weight = 1 }]
    steps = [
        { at-ms = 10000, action = "power-cut" },
        { at-ms = 11000, action = "power-on" },
        { at-ms = 12000, action = "reset", devices = { only = [3, 1] } },
        { at-ms = 13000, action = { deep-sleep = { for-ms = 2000 } } },
        { at-ms = 14000, action = { brownout = { resets = 3, every-ms = 1000 } }, devices = { fraction = 0.3 } },
        { at-ms = 15000, action = "sntp", devices = "all" },
        { at-ms = 16000, action = { link = "half-open" } },
        { at-ms = 17000, action = { burst = { messages = 5, bytes = 100 } } },
        { at-ms = 18000, action = { certificate = { cut-after = 1 } } },
        { at-ms = 19000, action = { certificate = {} } },
        { at-ms = 20000, action = { link = { latency-ms = 1500 } } },
        { at-ms = 21000, action = { link = "stalled" } },
        { at-ms = 22000, action = { dns = "lost" } },
        { at-ms = 23000, action = { dns = "found" } },
    ]
"#;

fn everything() -> Scenario {
    let at = |seconds| seconds * SECOND;
    Scenario::new(10)
        .boot_within(5 * SECOND)
        .firmware([("idf-5.5", 2), ("hardened", 1)])
        .step(at(10), Selection::All, Action::PowerCut)
        .step(at(11), Selection::All, Action::PowerOn)
        .step(at(12), Selection::Only(vec![3, 1]), Action::Reset)
        .step(at(13), Selection::All, Action::DeepSleep { time: 2 * SECOND })
        .step(at(14), Selection::Fraction(0.3), Action::Brownout { resets: 3, every: SECOND })
        .step(at(15), Selection::All, Action::Sntp)
        .step(at(16), Selection::All, Action::Link(LinkState::HalfOpen))
        .step(at(17), Selection::All, Action::Burst { messages: 5, bytes: 100 })
        .step(at(18), Selection::All, Action::Certificate { cut_after: Some(1) })
        .step(at(19), Selection::All, Action::Certificate { cut_after: None })
        .step(at(20), Selection::All, Action::Link(LinkState::Latency(SECOND * 3 / 2)))
        .step(at(21), Selection::All, Action::Link(LinkState::Stalled))
        .step(at(22), Selection::All, Action::Dns(DnsState::Lost))
        .step(at(23), Selection::All, Action::Dns(DnsState::Found))
}

#[test]
fn toml_and_rust_say_the_same() {
    assert_eq!(Scenario::from_toml(EVERYTHING).unwrap(), everything());
}

#[test]
fn the_same_seed_is_the_same_plan() {
    let plan = |seed| everything().plan(seed).unwrap();
    assert_eq!(plan(7), plan(7));
    assert_ne!(plan(7), plan(8));
}

#[test]
fn a_plan_is_in_order_and_each_device_boots_within_the_time() {
    let plan = everything().plan(7).unwrap();
    assert!(plan.is_sorted_by_key(|step| step.at));
    let mut booted: Vec<usize> = plan[..10].iter().map(|step| step.device).collect();
    booted.sort_unstable();
    assert_eq!(booted, (0..10).collect::<Vec<_>>());
    assert!(plan[..10].iter().all(|step| step.action == Action::PowerOn && step.at <= 5 * SECOND));
    assert!(plan[0].at < plan[9].at);
}

#[test]
fn devices_boot_together_unless_told_otherwise() {
    let plan = Scenario::new(100).plan(7).unwrap();
    assert!(plan.iter().all(|step| step.at == Duration::ZERO));
}

#[test]
fn a_step_is_for_those_that_it_names() {
    let plan = everything().plan(7).unwrap();
    let of = |wanted: &Action| -> Vec<usize> {
        plan.iter().filter(|step| step.action == *wanted).map(|step| step.device).collect()
    };
    assert_eq!(of(&Action::Reset), [3, 1]);
    let mut tired = of(&Action::Brownout { resets: 3, every: SECOND });
    tired.dedup();
    assert_eq!(tired.len(), 3);
    assert_eq!(of(&Action::Sntp).len(), 10);
}

#[test]
fn a_fraction_of_all_is_all_and_of_none_is_none() {
    for (fraction, devices) in [(0.0, 0), (0.5, 2), (1.0, 4)] {
        let scenario = Scenario::new(4).step(SECOND, Selection::Fraction(fraction), Action::Reset);
        assert_eq!(scenario.plan(7).unwrap().len(), 4 + devices, "{fraction}");
    }
}

#[test]
fn a_step_within_a_time_is_spread_over_it() {
    let text = "devices = 50\nsteps = [{ at-ms = 1000, within-ms = 1000, action = 'reset' }]";
    let plan = Scenario::from_toml(text).unwrap().plan(7).unwrap();
    let resets: Vec<Duration> = plan[50..].iter().map(|step| step.at).collect();
    assert!(resets.iter().all(|at| (SECOND..=2 * SECOND).contains(at)));
    assert!(resets[0] < resets[49]);
}

#[test]
fn firmware_is_dealt_out_by_weight() {
    let scenario = everything();
    let names: Vec<_> = (0..4).filter_map(|device| scenario.firmware_of(device)).collect();
    assert_eq!(names, ["idf-5.5", "idf-5.5", "hardened", "idf-5.5"]);
    assert_eq!(Scenario::new(1).firmware([]).firmware_of(0), None);
}

#[test]
fn an_error_names_the_key_and_its_line() {
    for (text, line, key) in [
        ("devices = 1\nseed = 3", 2, "unknown field `seed`"),
        ("devices = 1\n[[steps]]\nat-ms = 1\naction = 'explode'", 4, "unknown variant `explode`"),
        ("devices = 1\n[[steps]]\nat-ms = 1\naction = 'reset'\nto = 1", 5, "unknown field `to`"),
        (
            "devices = 1\n[[steps]]\nat-ms = 1\naction = { deep-sleep = { for-s = 1 } }",
            4,
            "unexpected keys in table: for-s",
        ),
    ] {
        let error = Scenario::from_toml(text).unwrap_err().to_string();
        assert!(error.contains(&format!("line {line},")), "{text}: {error}");
        assert!(error.contains(key), "{text}: {error}");
    }
}

#[test]
fn what_cannot_be_played_is_turned_down_in_both_forms() {
    let step = |devices| Scenario::new(2).step(SECOND, devices, Action::Reset);
    let no_device = ScenarioError::Device { step: 0, device: 2, devices: 2 };
    assert_eq!(step(Selection::Only(vec![1, 2])).plan(7), Err(no_device.clone()));
    assert_eq!(
        step(Selection::Fraction(1.5)).plan(7),
        Err(ScenarioError::Fraction { step: 0, fraction: 1.5 })
    );
    assert_eq!(Scenario::new(2).firmware([("idf-5.5", 0)]).plan(7), Err(ScenarioError::NoFirmware));
    assert_eq!(Scenario::new(0).plan(7), Err(ScenarioError::NoDevices));
    let text = "devices = 2\nsteps = [{ at-ms = 1, action = 'reset', devices = { only = [2] } }]";
    assert_eq!(Scenario::from_toml(text), Err(no_device));
}

#[test]
fn what_no_chip_can_do_is_turned_down() {
    let burst = |messages, bytes| Action::Burst { messages, bytes };
    let brownout = |every| Action::Brownout { resets: 2, every };
    let certificate = |entries| Action::Certificate { cut_after: Some(entries) };
    let too_much = ScenarioError::Burst { step: 0, most: 4 << 20, overhead: 128 };
    for (action, verdict) in [
        (burst(1, (4 << 20) - 128), Ok(())),
        (burst(1, (4 << 20) - 127), Err(too_much.clone())),
        (burst(u32::MAX, 0), Err(too_much.clone())),
        (burst(u32::MAX, usize::MAX), Err(too_much)),
        (brownout(Duration::from_millis(1)), Ok(())),
        (brownout(Duration::ZERO), Err(ScenarioError::Brownout { step: 0 })),
        (certificate(2), Ok(())),
        (certificate(3), Err(ScenarioError::CutAfter { step: 0, cut_after: 3 })),
    ] {
        let planned = Scenario::new(1).step(SECOND, Selection::All, action.clone()).plan(7);
        assert_eq!(planned.map(drop), verdict, "{action:?}");
    }
}
