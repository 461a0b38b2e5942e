//! Whatever a broker answers to an upgrade, and whatever frames come after one, ends in packets or an error.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mosquitto_fixtures::client::fuzzing;

fuzz_target!(|bytes: &[u8]| match bytes {
    [b'H', ..] => fuzzing::upgrade(bytes),
    _ => fuzzing::frames(bytes),
});
