use std::time::Duration;

use esp32_sim::client::{Config, Library};
use esp32_sim::firmware::{Firmware, FirmwareError};
use esp32_sim::tls::{Profile, Suites};

#[test]
fn each_built_in_firmware_bears_its_name() {
    for name in Firmware::NAMES {
        assert_eq!(Firmware::named(name).unwrap().name, name);
    }
}

#[test]
fn idf_5_5_is_esp_mqtt_and_tls_as_they_come() {
    let firmware = Firmware::named("idf-5.5").unwrap();
    assert_eq!((firmware.client, firmware.tls), (Config::default(), Profile::default()));
}

#[test]
fn idf_5_1_differs_in_the_verify_flags_alone() {
    let firmware = Firmware::named("idf-5.1").unwrap();
    assert_eq!(firmware.client, Config::default());
    assert_eq!(firmware.tls, Profile { reports_verify_flags: true, ..Profile::default() });
}

#[test]
fn idf_6_differs_in_the_suites_alone() {
    let firmware = Firmware::named("idf-6.x").unwrap();
    assert_eq!(firmware.client, Config::default());
    assert_eq!(firmware.tls, Profile { suites: Suites::Idf6, ..Profile::default() });
    assert_eq!(firmware.tls.suites.numbers().len(), 16);
}

#[test]
fn hardened_checks_dates_pings_often_and_keeps_its_session() {
    let firmware = Firmware::named("hardened").unwrap();
    let mut expected = Config::default();
    expected.session.keepalive = 30;
    expected.session.disable_clean_session = true;
    assert_eq!(firmware.client, expected);
    assert_eq!(firmware.tls, Profile { date_check: true, ..Profile::default() });
}

#[test]
fn arduino_is_pubsubclient_with_its_small_buffer() {
    let client = Firmware::named("arduino-pubsubclient").unwrap().client;
    assert_eq!(client.library, Library::PubSubClient);
    assert_eq!((client.session.keepalive, client.buffer.size, client.buffer.out_size), (15, 256, 256));
    assert_eq!(client.network.timeout, Duration::from_secs(15));
    assert!(client.network.disable_auto_reconnect);
}

#[test]
fn a_file_overrides_what_it_names_and_keeps_the_rest_of_its_base() {
    let text = r#"
        name = "greenhouse"
        base = "hardened"
        [session]
        keepalive = 60
        [network]
        refresh-connection-after-ms = 3600000
        [outbox]
        limit = 4096
        [tls]
        reports-verify-flags = true
    "#;
    let firmware = Firmware::from_toml(text).unwrap();
    let mut expected = Firmware::named("hardened").unwrap();
    expected.name = "greenhouse".into();
    expected.client.session.keepalive = 60;
    expected.client.network.refresh_connection_after = Some(Duration::from_secs(3600));
    expected.client.outbox.limit = Some(4096);
    expected.tls.reports_verify_flags = true;
    assert_eq!(firmware, expected);
}

#[test]
fn zero_takes_back_a_limit_a_refresh_and_a_window() {
    let text = "name = 'x'\n[network]\nrefresh-connection-after-ms = 0\n[outbox]\nlimit = 0\n[kconfig]\ntcp-wnd-default = 0";
    let client = Firmware::from_toml(text).unwrap().client;
    assert_eq!(client.kconfig.tcp_wnd_default, None);
    assert_eq!((client.network.refresh_connection_after, client.outbox.limit), (None, None));
}

/// Each line is wrong in its own way; the error says where, and what.
#[test]
fn an_error_names_the_key_and_its_line() {
    for (text, line, key) in [
        ("name = 'x'\nkeepalive = 3", 2, "unknown field `keepalive`"),
        ("name = 'x'\n[session]\nkeep-alive = 3", 3, "unknown field `keep-alive`"),
        ("name = 'x'\nbase = 'idf-5.5'\n\n[tls]\ndate_check = true", 5, "unknown field `date_check`"),
        ("name = 'x'\n[buffer]\nsize = 0", 3, "size = 0"),
        ("name = 'x'\n[session]\nkeepalive = 65536", 3, "keepalive = 65536"),
        ("name = 'x'\nlibrary = 'paho'", 2, "unknown variant `paho`"),
        ("base = 'idf-5.5'", 1, "missing field `name`"),
    ] {
        let error = Firmware::from_toml(text).unwrap_err().to_string();
        assert!(error.contains(&format!("line {line},")), "{text}: {error}");
        assert!(error.contains(key), "{text}: {error}");
    }
}

#[test]
fn an_unknown_firmware_is_answered_with_those_that_there_are() {
    let unknown = FirmwareError::Unknown { name: "idf-4".into() };
    assert_eq!(Firmware::named("idf-4"), Err(unknown.clone()));
    assert_eq!(Firmware::from_toml("name = 'x'\nbase = 'idf-4'"), Err(unknown.clone()));
    assert_eq!(
        unknown.to_string(),
        "no firmware \"idf-4\"; there are arduino-pubsubclient, hardened, idf-5.1, idf-5.5, idf-6.x"
    );
}
