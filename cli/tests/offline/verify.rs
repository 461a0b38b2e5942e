//! `verify` and `up` of a deployment that cannot be judged as it lies on disk.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;

use rstest::rstest;

use crate::program::Program;

/// The commands that open a deployment.
#[derive(Debug, Clone, Copy)]
enum Opens {
    Up,
    Verify,
}

impl Opens {
    fn folder(self, folder: &str) -> Program {
        match self {
            Self::Up => Program::new(&["up", "--deployment", folder]),
            Self::Verify => Program::new(&["verify", "--deployment", folder]),
        }
    }
}

const TLS: &str = "\
password_file /mosquitto/certs/passwd
listener 8883
certfile /mosquitto/certs/server.crt
keyfile /mosquitto/certs/server.key
";

#[rstest]
fn missing_folder_is_named(#[values(Opens::Up, Opens::Verify)] command: Opens) {
    let complaint = command.folder("nowhere").complaint();
    assert!(complaint.starts_with("nowhere: No such file or directory"), "{complaint}");
}

#[rstest]
fn empty_folder_is_no_deployment(#[values(Opens::Up, Opens::Verify)] command: Opens) {
    let complaint = command.folder(".").complaint();
    let missing = ". is no deployment: mosquitto/mosquitto.conf is missing in it";
    assert_eq!(complaint, format!("{missing} (--deployment names another folder)"));
}

#[rstest]
fn file_in_place_of_the_folder_is_named(#[values(Opens::Up, Opens::Verify)] command: Opens) {
    let complaint = command.folder("file").file("file", "").complaint();
    assert!(complaint.starts_with("file: Not a directory"), "{complaint}");
}

/// Root may read everything: then the configuration is read, and the engine is missing.
#[rstest]
fn folder_that_may_not_be_read_is_named(#[values(Opens::Up, Opens::Verify)] command: Opens) {
    let mut program = command.folder("locked").file("locked/mosquitto/mosquitto.conf", "listener 1883");
    let locked = program.folder().join("locked");
    std::fs::set_permissions(&locked, Permissions::from_mode(0o000)).unwrap();
    let readable = std::fs::read_dir(&locked).is_ok();
    let complaint = program.complaint();
    std::fs::set_permissions(&locked, Permissions::from_mode(0o700)).unwrap();
    let expected = if readable { "no Docker engine answers" } else { "locked: Permission denied" };
    assert!(complaint.starts_with(expected), "{complaint}");
}

#[rstest]
fn configuration_that_is_a_folder_is_named(#[values(Opens::Up, Opens::Verify)] command: Opens) {
    let complaint = command.folder(".").subfolder("mosquitto/mosquitto.conf").complaint();
    let expected = "./mosquitto/mosquitto.conf is a folder, a file belongs there: remove it";
    assert!(complaint.starts_with(expected), "{complaint}");
}

/// Whether the broker starts with a line is for the real one to say: here its engine is missing.
#[rstest]
#[case::tls_before_the_first_listener("cafile a\nlistener 8883")]
#[case::port_in_words("listener mqtt")]
#[case::unknown_protocol("listener 1883\nprotocol http")]
#[case::unknown_boolean("per_listener_settings maybe")]
#[case::unknown_option("listener 1883\nfoo bar")]
fn line_that_the_broker_refuses_is_left_to_it(#[case] text: &str) {
    for command in [Opens::Up, Opens::Verify] {
        let complaint = command.folder(".").config(text).file("mosquitto/a", "").complaint();
        assert!(complaint.starts_with("no Docker engine answers"), "{complaint}");
    }
}

/// Before the engine is asked for anything.
#[rstest]
fn missing_certificate_file_is_named_with_its_line(#[values(Opens::Up, Opens::Verify)] command: Opens) {
    let mut program = command.folder(".").config(TLS).env("MQTT_BACKEND_PASSWORD", "x");
    for file in ["certs/passwd", "certs/server.crt"] {
        program = program.file(file, "");
    }
    let expected =
        "./certs/server.key is missing, ./mosquitto/mosquitto.conf:4 names it: `make certs` makes a new set";
    assert_eq!(program.complaint(), expected);
}

#[rstest]
fn folder_in_place_of_a_certificate_is_named(#[values(Opens::Up, Opens::Verify)] command: Opens) {
    let program = command.folder(".").config(TLS).env("MQTT_BACKEND_PASSWORD", "x");
    let complaint = program.file("certs/passwd", "").subfolder("certs/server.crt").complaint();
    assert!(
        complaint.starts_with("./certs/server.crt is a folder, a file belongs there: remove it"),
        "{complaint}"
    );
}

/// Whoever brings certificates brings the password of the account that looks at the others.
#[test]
fn own_certificates_without_a_password_are_not_judged() {
    let mut program = Program::new(&["verify"]).config(TLS).account();
    for file in ["certs/passwd", "certs/server.crt", "certs/server.key"] {
        program = program.file(file, "");
    }
    let complaint = program.complaint();
    assert!(
        complaint.starts_with("MQTT_BACKEND_PASSWORD is set neither in the environment nor in "),
        "{complaint}"
    );
    assert!(complaint.ends_with(".env: `make certs` makes one"), "{complaint}");
}

#[test]
fn unreadable_dot_env_is_named() {
    let complaint = Program::new(&["verify"]).config("listener 1883").account().subfolder(".env").complaint();
    assert!(complaint.starts_with("./.env is a folder, a file belongs there: remove it"), "{complaint}");
}

#[rstest]
#[case::misspelt("tsl.*", "no clause is called tsl.*; did you mean tls.")]
#[case::empty("", "no clause is called ")]
#[case::no_glob("tls.[", "--clause tls.[: ")]
fn clause_that_selects_nothing_is_refused(#[case] glob: &str, #[case] cause: &str) {
    let complaint = Program::new(&["verify", "--clause", "access.*", "--clause", glob]).complaint();
    assert!(complaint.starts_with(cause), "{complaint}");
}

/// No engine can be reached here, and none is asked for.
#[rstest]
#[case::files("files", &["tls.strong"], &["access.anonymous-refused", "hardening.no-secret-in-compose"])]
#[case::compose("compose", &["tls.strong", "hardening.no-secret-in-compose"], &["access.anonymous-refused"])]
fn what_needs_no_connection_needs_no_engine(
    #[case] needs: &str,
    #[case] judged: &[&str],
    #[case] others: &[&str],
) {
    let mut program = Program::new(&["verify", "--format", "json", "--needs", needs]).config(TLS);
    for file in ["certs/passwd", "certs/server.crt", "certs/server.key"] {
        program = program.file(file, "");
    }
    let outcome = program.run();
    assert_ne!(outcome.status, Some(0), "an empty certificate is none");
    for id in judged {
        assert!(outcome.stdout.contains(&format!("{id:?}")), "{id}: {}{}", outcome.stdout, outcome.stderr);
    }
    for id in others {
        assert!(!outcome.stdout.contains(&format!("{id:?}")), "{id}: {}", outcome.stdout);
    }
}
