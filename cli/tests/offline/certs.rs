//! `certs`: what it makes and says, and what it says when it makes nothing.

use std::os::unix::fs::MetadataExt;
use std::process::Command;

use rstest::rstest;

use crate::program::Program;

/// The values of the folder's `.env`.
fn passwords(program: &Program) -> Vec<String> {
    let text = std::fs::read_to_string(program.folder().join(".env")).unwrap();
    text.lines().map(|line| line.split_once('=').unwrap().1.to_owned()).collect()
}

#[test]
fn certs_says_what_it_made_and_chose() {
    let mut program = Program::new(&["certs", "--host", "plant.test", "--host", "192.0.2.7", "--days", "30"]);
    let outcome = program.run();
    assert_eq!((outcome.status, outcome.stderr.as_str()), (Some(0), ""));
    let lines: Vec<&str> = outcome.stdout.lines().collect();
    let [anchor, server, key, passwd, validity, protection, random] = lines[..] else { panic!("{lines:?}") };
    assert_eq!(
        [anchor, server, key, passwd],
        ["certs/ca.crt", "certs/server.crt", "certs/server.key", "certs/passwd"]
    );
    let names = "localhost, mosquitto, 127.0.0.1, ::1, plant.test, 192.0.2.7";
    assert_eq!(validity, format!("valid for 30 days and {names}"));
    assert!(protection.starts_with("key and password file: "), "{protection}");
    assert_eq!(random, "random passwords in .env: MQTT_BACKEND_PASSWORD, MQTT_FRONTEND_PASSWORD");
    for file in [anchor, server, key, passwd] {
        assert!(program.folder().join(file).is_file(), "{file}");
    }
}

#[test]
fn certs_never_prints_a_password() {
    let mut program = Program::new(&["certs", "--force"]).env("MQTT_FRONTEND_PASSWORD", "of-the-environment");
    for _ in 0..2 {
        let outcome = program.run();
        assert_eq!(outcome.status, Some(0), "{}", outcome.stderr);
        let said = outcome.stdout + &outcome.stderr;
        let passwords = [passwords(&program), vec!["of-the-environment".to_owned()]].concat();
        assert_eq!(passwords.len(), 2);
        for password in passwords {
            assert!(!said.contains(&password), "{said}");
        }
    }
}

#[test]
fn certs_says_that_a_replaced_authority_is_a_new_one() {
    let first = Program::new(&["certs"]).run();
    assert!(!first.stdout.contains("new CA"), "{}", first.stdout);
    let mut program = Program::new(&["certs", "--force"]).file("certs/ca.crt", "old");
    let outcome = program.run();
    assert!(
        outcome
            .stdout
            .ends_with("this is a new CA: give ca.crt to every client, and start the broker again\n")
    );
}

/// Variables of the process go before `.env`, and never into it.
#[test]
fn certs_takes_given_passwords() {
    let mut program = Program::new(&["certs"])
        .file(".env", "MQTT_BACKEND_PASSWORD=of-the-file\n")
        .env("MQTT_BACKEND_PASSWORD", "of-the-environment")
        .env("MQTT_FRONTEND_PASSWORD", "too");
    let outcome = program.run();
    assert_eq!(outcome.status, Some(0), "{}", outcome.stderr);
    assert!(!outcome.stdout.contains("random passwords"), "{}", outcome.stdout);
    assert_eq!(passwords(&program), ["of-the-file"]);
}

/// Whatever the umask of the shell that it is called from.
#[rstest]
#[case::strict("077")]
#[case::lax("000")]
fn modes_do_not_depend_on_the_umask(#[case] mask: &str) {
    let folder = tempfile::tempdir().unwrap();
    let script = format!("umask {mask}; exec \"$0\" certs");
    let program = env!("CARGO_BIN_EXE_mosquitto-fixtures");
    let shell =
        Command::new("sh").args(["-c", &script, program]).current_dir(folder.path()).output().unwrap();
    assert!(shell.status.success(), "{shell:?}");
    let mode = |file: &str| folder.path().join(file).metadata().unwrap().mode() & 0o777;
    assert_eq!([mode("certs/ca.crt"), mode("certs/server.crt"), mode(".env")], [0o644, 0o644, 0o600]);
    assert!(
        [0o400, 0o640, 0o644].contains(&mode("certs/server.key"))
            && mode("certs/server.key") == mode("certs/passwd")
    );
}

#[rstest]
#[case::two_words("two words")]
#[case::url("mqtts://plant.test")]
#[case::empty("")]
fn impossible_host_is_refused(#[case] name: &str) {
    let mut program = Program::new(&["certs", "--host", name]);
    let complaint = program.complaint();
    assert_eq!(complaint, format!("{name:?} is neither a DNS name nor an IP address"));
    assert_eq!(std::fs::read_dir(program.folder()).unwrap().count(), 0);
}

#[rstest]
#[case::none("0")]
#[case::absurd("4294967295")]
fn impossible_days_are_refused(#[case] days: &str) {
    let mut program = Program::new(&["certs", "--days", days]);
    let expected = format!("a validity of {days} days cannot be written into a certificate: 1 to 365000 can");
    assert_eq!(program.complaint(), expected);
    assert_eq!(std::fs::read_dir(program.folder()).unwrap().count(), 0);
}

#[test]
fn files_that_are_there_are_kept() {
    let mut program = Program::new(&["certs"]).file("certs/server.key", "precious");
    let complaint = program.complaint();
    assert!(complaint.ends_with("/certs/server.key is there already: --force replaces it"), "{complaint}");
    assert_eq!(std::fs::read_to_string(program.folder().join("certs/server.key")).unwrap(), "precious");
    assert!(!program.folder().join(".env").exists());
}

#[test]
fn folder_in_place_of_a_file_is_named() {
    let mut program = Program::new(&["certs", "--force"]).subfolder("certs/passwd");
    let complaint = program.complaint();
    assert!(complaint.contains("/certs/passwd is a folder, a file belongs there: remove it"), "{complaint}");
}

#[test]
fn file_in_place_of_the_folder_is_named() {
    let complaint = Program::new(&["certs", "--out", "here"]).file("here", "").complaint();
    assert!(complaint.contains("/here"), "{complaint}");
    assert!(complaint.contains("Not a directory") || complaint.contains("File exists"), "{complaint}");
}
