use std::time::{Duration, UNIX_EPOCH};

use esp32_sim::device::WallClock;

const MINUTE: Duration = Duration::from_secs(60);
const TODAY: Duration = Duration::from_secs(1_764_000_000);

#[test]
fn it_is_1970_until_sntp_answers() {
    let mut clock = WallClock::new(0);
    assert_eq!(clock.time(MINUTE), UNIX_EPOCH + MINUTE);
    assert!(!clock.is_synchronised());

    clock.sntp_step(MINUTE, TODAY);
    assert_eq!(clock.time(2 * MINUTE), UNIX_EPOCH + TODAY + MINUTE);
    assert!(clock.is_synchronised());
}

#[test]
fn it_is_1970_again_after_a_power_cut() {
    let mut clock = WallClock::new(0);
    clock.sntp_step(MINUTE, TODAY);
    clock.power_on(5 * MINUTE);
    assert_eq!(clock.time(6 * MINUTE), UNIX_EPOCH + MINUTE);
    assert!(!clock.is_synchronised());
}

#[test]
fn drift_adds_up_from_one_step_to_the_next() {
    let day = Duration::from_secs(86_400);
    for (ppm, after_a_day) in [(20, 86_401_728), (-20, 86_398_272)] {
        let mut clock = WallClock::new(ppm);
        assert_eq!(clock.time(day), UNIX_EPOCH + Duration::from_millis(after_a_day), "{ppm} ppm");
        clock.sntp_step(day, TODAY);
        assert_eq!(clock.time(day), UNIX_EPOCH + TODAY, "{ppm} ppm");
    }
}
