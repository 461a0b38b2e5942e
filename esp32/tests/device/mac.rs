use std::collections::HashSet;
use std::sync::Arc;

use esp32_sim::client::{Client, Config};
use esp32_sim::device::Mac;

#[test]
fn the_default_client_identifier_has_three_bytes_of_the_mac_the_first_in_lower_case() {
    let mac = Mac::of(7, 0).octets();
    let client = Client::new(Arc::new(Config::default()), mac, 0);
    assert_eq!(client.client_id(), format!("ESP32_{:02x}{:02X}{:02X}", mac[3], mac[4], mac[5]));
}

#[test]
fn the_same_seed_is_the_same_mac_and_no_two_of_a_fleet_are_equal() {
    assert_eq!(Mac::of(7, 3), Mac::of(7, 3));
    assert_ne!(Mac::of(7, 3), Mac::of(8, 3));
    assert_eq!((0..10_000).map(|index| Mac::of(7, index)).collect::<HashSet<_>>().len(), 10_000);
}
