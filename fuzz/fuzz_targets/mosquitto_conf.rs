//! Any `mosquitto.conf` is modelled for both lines of the broker. What stands below a line `# included` is a file of every `include_dir`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mosquitto_fixtures::deployment::{Config, Line};
use mosquitto_fuzz::with_file;

const INCLUDED: &[u8] = b"\n# included\n";

fuzz_target!(|bytes: &[u8]| {
    let at = bytes.windows(INCLUDED.len()).position(|window| window == INCLUDED).unwrap_or(bytes.len());
    let (main, included) = bytes.split_at(at);
    with_file("mosquitto.conf", main, |folder| {
        let beside = folder.join("conf.d");
        std::fs::create_dir_all(&beside).expect("a temporary folder");
        std::fs::write(beside.join("included.conf"), included).expect("a temporary file");
        for line in Line::ALL {
            if let Ok(config) = Config::read(&folder.join("mosquitto.conf"), line, |_| Some(beside.clone())) {
                assert!(config.settings().all(|setting| setting.at.line > 0));
                let _ = format!("{config:?}");
            }
        }
    });
});
