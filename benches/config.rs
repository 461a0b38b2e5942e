//! What reading and modelling a long configuration takes: nothing asserted.

#![allow(clippy::expect_used, reason = "what a benchmark cannot do ends it")]

use std::fmt::Write;
use std::fs;
use std::hint::black_box;
use std::time::{Duration, Instant};

use mosquitto_fixtures::broker::Line;
use mosquitto_fixtures::deployment::Config;

const LINES: usize = 10_000;
const ROUNDS: usize = 21;

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("mosquitto.conf");
    fs::write(&file, text()).expect("the configuration");
    println!("{LINES} lines of mosquitto.conf, median of {ROUNDS}");
    for line in Line::ALL {
        let mut times: Vec<Duration> = (0..ROUNDS)
            .map(|_| {
                let start = Instant::now();
                black_box(Config::read(&file, line, |_| None).expect("a configuration"));
                start.elapsed()
            })
            .collect();
        times.sort();
        println!("{line}: {:.1} ms", times[ROUNDS / 2].as_secs_f64() * 1e3);
    }
}

/// A listener, its certificates, its users and a comment, again and again.
fn text() -> String {
    let mut text = String::from("per_listener_settings true\n");
    for port in 1..=LINES / 8 {
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "listener {port}\n# TLS\ncafile /mosquitto/certs/ca.crt\ncertfile /mosquitto/certs/server.crt\n\
             keyfile /mosquitto/certs/server.key\nallow_anonymous false\npassword_file /mosquitto/certs/passwd\nmax_connections 100"
        );
    }
    text
}
