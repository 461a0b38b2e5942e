//! Any password file is kept byte for byte, and read or refused by both lines of the broker. A user that is added is found, but on 2.0 behind a
//! NUL, which swallows the rest of the file.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mosquitto_fixtures::deployment::Line;
use mosquitto_fixtures::pki::{Password, PasswordFile};

fuzz_target!(|bytes: &[u8]| {
    let mut file = PasswordFile::parse(bytes);
    assert_eq!(file.to_bytes(), bytes);
    let read = Line::ALL.map(|line| file.users(line).is_ok());
    if file.set("fern", &Password::from("secret")).is_err() {
        return;
    }
    for (line, was_read) in Line::ALL.into_iter().zip(read) {
        match file.users(line) {
            Ok(users) => assert!(users.hash("fern").is_some() || bytes.contains(&0)),
            Err(_) => assert!(!was_read),
        }
    }
});
