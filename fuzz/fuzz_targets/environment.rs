//! Any `.env` is read or refused.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mosquitto_fixtures::deployment::Environment;
use mosquitto_fuzz::with_file;

fuzz_target!(|bytes: &[u8]| {
    with_file(".env", bytes, |folder| {
        if let Ok(environment) = Environment::read(folder) {
            let _ = environment.value("MQTT_BACKEND_PASSWORD");
            let _ = environment.password("MQTT_DEVICE_PASSWORD");
        }
    });
});
