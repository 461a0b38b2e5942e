use esp32_sim::fleet::{Boot, Error, Fleet};

use crate::plan::plan;

#[tokio::test]
async fn fleet_needs_a_device_and_a_firmware() {
    let none = plan("127.0.0.1", 1, 0);
    assert!(matches!(Fleet::start(none), Err(Error::NoDevices)));
    let mut weightless = plan("127.0.0.1", 1, 1);
    weightless.shares[0].weight = 0;
    assert!(matches!(Fleet::start(weightless), Err(Error::NoDevices)));
}

#[tokio::test]
async fn more_devices_than_an_address_has_ports_do_not_start() {
    // No address has more than 65 535.
    let Err(Error::Ports { devices, needed, addresses, ports }) = Fleet::start(plan("127.0.0.1", 1, 70_000))
    else {
        panic!("it started");
    };
    assert_eq!((devices, addresses), (70_000, 1));
    assert_eq!(needed, 70_000_usize.div_ceil(ports));
}

#[tokio::test]
async fn rate_at_which_nothing_ever_boots_is_an_error() {
    for per_second in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let mut plan = plan("127.0.0.1", 1, 1);
        plan.boot = Boot::Paced(per_second);
        assert!(matches!(Fleet::start(plan), Err(Error::Rate { .. })), "{per_second}");
    }
}
