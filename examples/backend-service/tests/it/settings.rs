use std::path::Path;

use backend_service::settings::{Error, Settings};
use rstest::rstest;

use crate::settings;

/// Complete variables, except that one is changed.
fn with(name: &str, value: &str) -> Result<Settings, Error> {
    let complete = [
        ("MQTT_HOST", "broker.example"),
        ("MQTT_PORT", "1883"),
        ("MQTT_TLS_PORT", "8883"),
        ("MQTT_USE_TLS", "true"),
        ("MQTT_CA_FILE", "ca.crt"),
        ("MQTT_BACKEND_USER", "backend"),
        ("MQTT_BACKEND_PASSWORD", "secret"),
    ];
    let changed = complete.into_iter().chain([(name, value)]);
    settings(changed.map(|(name, value)| (name.to_owned(), value.to_owned())))
}

#[test]
fn tls_has_a_port_and_trust_anchors_of_its_own() {
    let settings = with("MQTT_USE_TLS", "true").unwrap();
    assert_eq!(settings.port, 8883);
    assert_eq!(settings.ca_file.as_deref(), Some(Path::new("ca.crt")));
}

#[test]
fn without_tls_the_port_is_the_plain_one() {
    let settings = with("MQTT_USE_TLS", "false").unwrap();
    assert_eq!(settings.port, 1883);
    assert_eq!(settings.ca_file, None);
}

#[rstest]
#[case::host("MQTT_HOST")]
#[case::port("MQTT_TLS_PORT")]
#[case::use_tls("MQTT_USE_TLS")]
#[case::ca_file("MQTT_CA_FILE")]
#[case::user("MQTT_BACKEND_USER")]
#[case::password("MQTT_BACKEND_PASSWORD")]
fn an_empty_variable_is_a_missing_one(#[case] name: &'static str) {
    assert_eq!(with(name, "").err(), Some(Error::Missing(name)));
}

#[test]
fn the_first_missing_variable_is_named() {
    assert_eq!(settings([]).err().unwrap().to_string(), "MQTT_USE_TLS is not set");
}

#[rstest]
#[case::port("MQTT_TLS_PORT", "65536", "MQTT_TLS_PORT is \"65536\", which is not a port")]
#[case::use_tls("MQTT_USE_TLS", "yes", "MQTT_USE_TLS is \"yes\", which is not true or false")]
fn a_wrong_variable_is_named_with_its_value(#[case] name: &str, #[case] value: &str, #[case] message: &str) {
    assert_eq!(with(name, value).err().unwrap().to_string(), message);
}
