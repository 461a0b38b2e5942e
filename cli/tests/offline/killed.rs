//! `certs` that is killed: the next call finds the old files or the new ones, never some of both, and leaves nothing else.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use mosquitto_fixtures::broker::Line;
use mosquitto_fixtures::deployment::Environment;
use mosquitto_fixtures::pki::{PasswordFile, Pem};

fn certs(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mosquitto-fixtures"));
    command.arg("certs").args(arguments).current_dir(folder).env_clear();
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Certificate, key, trust anchor, password file and `.env` are of one set, and nothing else is there.
#[track_caller]
fn assert_whole(folder: &Path) {
    let read = |name: &str| Pem::read(&folder.join("certs").join(name)).unwrap();
    let certificate = read("server.crt").certificates().unwrap().remove(0);
    assert_eq!(read("server.key").key_matches(&certificate).unwrap(), Some(true));
    let verify = ["verify", "-CAfile", "certs/ca.crt", "certs/server.crt"];
    let verified = Command::new("openssl").args(verify).current_dir(folder).output().unwrap();
    assert!(verified.status.success(), "{verified:?}");
    let passwords = std::fs::read_to_string(folder.join("certs/passwd")).unwrap();
    let password = Environment::read(folder).unwrap().value("MQTT_BACKEND_PASSWORD").unwrap();
    let users = PasswordFile::parse(&passwords).users(Line::V2_1).unwrap();
    assert_eq!(users.admits("backend", &password), Some(true));
    let names = |folder: &Path| {
        let mut names: Vec<_> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    assert_eq!(names(folder), [".env", "certs"]);
    assert_eq!(names(&folder.join("certs")), ["ca.crt", "passwd", "server.crt", "server.key"]);
}

/// At moments that are spread over the whole run, the later ones after its end.
#[test]
fn a_call_that_is_killed_at_any_moment_did_all_or_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let start = Instant::now();
    assert!(certs(folder, &[]).status().unwrap().success());
    let took = start.elapsed();
    const MOMENTS: u32 = 60;
    for moment in 0..MOMENTS {
        // So that every set has passwords of its own, and `.env` changes too.
        std::fs::write(folder.join(".env"), "").unwrap();
        assert!(certs(folder, &["--force"]).status().unwrap().success());
        let before = std::fs::read(folder.join("certs/ca.crt")).unwrap();
        std::fs::write(folder.join(".env"), "").unwrap();
        let mut running = certs(folder, &["--force"]).spawn().unwrap();
        std::thread::sleep(took * moment / (MOMENTS * 3 / 4));
        running.kill().unwrap();
        running.wait().unwrap();
        // With `--force` it would make a new set after that, and hide what became of this one.
        let _ = certs(folder, &[]).status().unwrap();
        if std::fs::read(folder.join("certs/ca.crt")).unwrap() == before {
            // The old set, whose passwords this test has taken out of `.env`.
            assert_eq!(std::fs::read_to_string(folder.join(".env")).unwrap(), "");
            assert!(certs(folder, &["--force"]).status().unwrap().success());
        }
        assert_whole(folder);
    }
    assert!(took < Duration::from_secs(60));
}

/// As it is after the decision: one file is in place, the others are not.
#[test]
fn unfinished_set_is_not_judged_and_the_next_call_ends_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join("certs").join(name);
    assert!(certs(folder.path(), &[]).status().unwrap().success());
    std::fs::create_dir(path(".ready")).unwrap();
    for name in ["server.crt", "server.key", "passwd"] {
        std::fs::rename(path(name), path(".ready").join(name)).unwrap();
    }
    std::fs::create_dir(folder.path().join("mosquitto")).unwrap();
    std::fs::write(folder.path().join("mosquitto/mosquitto.conf"), "listener 1883\n").unwrap();
    let call = |arguments: &[&str]| {
        let mut called = Command::new(env!("CARGO_BIN_EXE_mosquitto-fixtures"));
        called
            .args(arguments)
            .current_dir(folder.path())
            .env_clear()
            .env("DOCKER_HOST", "unix:///nonexistent.sock");
        called.output().unwrap()
    };
    for arguments in [&["verify"][..], &["up", "--deployment", "."]] {
        let output = call(arguments);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("certs holds certificates that are not all in place"), "{said}");
    }
    let output = call(&["certs"]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(said, "put in place what an interrupted call had made: --force makes a new set\n");
    std::fs::remove_dir_all(folder.path().join("mosquitto")).unwrap();
    assert_whole(folder.path());
}
