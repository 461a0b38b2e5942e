use std::time::Duration;

use esp32_sim::device::PowerChange::{Boot, Down};
use esp32_sim::device::{Power, PowerChange, PowerState, ResetReason};

const SECOND: Duration = Duration::from_secs(1);

fn on() -> Power {
    let mut power = Power::default();
    power.power_on();
    assert_eq!(changes(&mut power, Duration::ZERO), [Boot(ResetReason::PowerOn)]);
    power
}

fn changes(power: &mut Power, now: Duration) -> Vec<PowerChange> {
    std::iter::from_fn(|| power.poll(now)).collect()
}

#[test]
fn a_brownout_loop_resets_so_often_and_then_holds() {
    let mut power = on();
    power.brownout_loop(10 * SECOND, 3, 2 * SECOND);
    let mut boots = Vec::new();
    while let Some(wake) = power.wake_at() {
        assert_eq!(changes(&mut power, wake - Duration::from_millis(1)), []);
        assert_eq!(changes(&mut power, wake), [Down, Boot(ResetReason::Brownout)]);
        boots.push(wake.as_secs());
    }
    assert_eq!(boots, [12, 14, 16]);
    assert_eq!(power.state(), PowerState::On);
}

#[test]
fn a_brownout_loop_that_was_slept_through_is_caught_up_with() {
    let mut power = on();
    power.brownout_loop(Duration::ZERO, 5, SECOND);
    let boots = changes(&mut power, 60 * SECOND).into_iter().filter(|change| *change != Down).count();
    assert_eq!(boots, 5);
}

#[test]
fn deep_sleep_loses_ram_and_wakes_in_time() {
    let mut power = on();
    power.deep_sleep(10 * SECOND, 60 * SECOND);
    assert_eq!(changes(&mut power, 10 * SECOND), [Down]);
    assert!(!power.is_running());
    assert_eq!(power.wake_at(), Some(70 * SECOND));
    assert_eq!(changes(&mut power, 70 * SECOND), [Boot(ResetReason::DeepSleep)]);
    assert_eq!(power.wake_at(), None);
}

#[test]
fn a_power_cut_ends_sleep_and_brownouts() {
    let mut asleep = on();
    asleep.deep_sleep(Duration::ZERO, SECOND);
    let mut tired = on();
    tired.brownout_loop(Duration::ZERO, 5, SECOND);
    for mut power in [asleep, tired] {
        power.power_cut();
        assert_eq!(changes(&mut power, Duration::ZERO), [Down]);
        assert_eq!(changes(&mut power, 60 * SECOND), []);
        power.power_on();
        assert_eq!(changes(&mut power, 60 * SECOND), [Boot(ResetReason::PowerOn)]);
    }
}

#[test]
fn a_software_reset_is_down_and_up_at_once() {
    let mut power = on();
    power.reset();
    assert_eq!(power.wake_at(), Some(Duration::ZERO));
    assert_eq!(changes(&mut power, Duration::ZERO), [Down, Boot(ResetReason::Software)]);
}

#[test]
fn nothing_happens_without_power() {
    let mut power = Power::default();
    power.reset();
    power.deep_sleep(Duration::ZERO, SECOND);
    power.brownout_loop(Duration::ZERO, 3, SECOND);
    power.power_cut();
    assert_eq!(changes(&mut power, 60 * SECOND), []);
    assert_eq!(power.state(), PowerState::Off);
}

#[test]
fn only_a_power_cut_loses_the_time_of_day() {
    use ResetReason::{Brownout, DeepSleep, PowerOn, Software};
    assert!(PowerOn.loses_clock());
    assert!(![Brownout, DeepSleep, Software].into_iter().any(ResetReason::loses_clock));
}

#[test]
fn a_reason_is_called_like_the_action_that_brings_it() {
    for (reason, name) in [
        (ResetReason::Brownout, "brownout"),
        (ResetReason::DeepSleep, "deep-sleep"),
        (ResetReason::PowerOn, "power-on"),
        (ResetReason::Software, "reset"),
    ] {
        assert_eq!(reason.to_string(), name);
    }
}
