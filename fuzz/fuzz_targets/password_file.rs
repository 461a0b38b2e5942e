//! Any password file is kept byte for byte, and read or refused by both lines of the broker. A user that is added to a file of lines is found,
//! and nothing else in it changes: behind a NUL 2.0 reads no further, and a line without an end may be lost until it has one.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mosquitto_fixtures::deployment::Line;
use mosquitto_fixtures::pki::{Password, PasswordFile};

fuzz_target!(|bytes: &[u8]| {
    let mut file = PasswordFile::parse(bytes);
    assert_eq!(file.to_bytes(), bytes);
    let read = Line::ALL.map(|line| file.users(line).is_ok());
    file.set("fern", &Password::from("secret")).expect("a name and a password that every broker admits");
    let is_of_lines = bytes.ends_with(b"\n") && !bytes.contains(&0);
    for (line, was_read) in Line::ALL.into_iter().zip(read) {
        match file.users(line) {
            Ok(users) => assert!(users.hash("fern").is_some() || !is_of_lines),
            Err(_) => assert!(!was_read || !is_of_lines),
        }
    }
});
