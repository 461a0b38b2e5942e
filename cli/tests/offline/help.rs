//! What the program says of itself.

use rstest::rstest;

use crate::program::Program;

const JUDGES: &str = "Exit status: 0 all well, and everything that was asked for was judged; 1 a promise was broken; 2 it could \
    not be judged, with one line that says what to do";
const DOES: &str = "Exit status: 0 done; 2 it could not be done, with one line that says what to do";

#[rstest]
#[case::of_all(&["--help"], JUDGES, &["certs", "init", "verify", "up", "down", "user", "esp32", "completions", "man", "--version"])]
#[case::certs(&["certs", "--help"], DOES, &["--out", "--host", "--days", "--force", "MQTT_BACKEND_PASSWORD", ".env"])]
#[case::init(&["init", "--help"], DOES, &["--deployment", "broker-contract.toml"])]
#[case::verify(
    &["verify", "--help"],
    JUDGES,
    &["--deployment", "--contract", "--needs", "--profile", "--format", "--clause", "--quiet", "--list", "MOSQUITTO_IMAGE"]
)]
#[case::up(&["up", "--help"], DOES, &["--deployment", "--user", "(`ps`)", "--acl", "--option", "--port", "--tls-port", "--ws-port", "--format", "--detach", "--for"])]
#[case::down(&["down", "--help"], DOES, &["--all", "[ID]"])]
#[case::user(&["user", "--help"], DOES, &["add"])]
#[case::user_add(&["user", "add", "--help"], DOES, &["<NAME>", "--deployment", "--password-stdin"])]
#[case::esp32(
    &["esp32", "--help"],
    JUDGES,
    &["--broker", "--ca", "--devices", "--firmware", "--boot", "--qos", "--slice", "--source", "--report", "merge"]
)]
#[case::esp32_merge(&["esp32", "merge", "--help"], JUDGES, &["<FILE>...", "--format", "--report"])]
#[case::completions(&["completions", "--help"], DOES, &["bash", "zsh", "fish"])]
#[case::man(&["man", "--help"], DOES, &["manual page"])]
fn help_names_the_options_and_the_exit_statuses_that_occur(
    #[case] arguments: &[&str],
    #[case] statuses: &str,
    #[case] words: &[&str],
) {
    let outcome = Program::new(arguments).run();
    assert_eq!((outcome.status, outcome.stderr.as_str()), (Some(0), ""));
    let said = outcome.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    for word in words.iter().copied().chain(["--help", statuses]) {
        assert!(said.contains(word), "{word}: {said}");
    }
}

#[rstest]
fn help_of_a_command_has_an_example_that_is_accepted(
    #[values("certs", "init", "verify", "up", "down", "user", "esp32")] command: &str,
) {
    let outcome = Program::new(&[command, "--help"]).run();
    let examples = outcome.stdout.lines().filter_map(|line| line.strip_prefix("  mosquitto-fixtures "));
    let examples: Vec<&str> = examples.collect();
    assert!(!examples.is_empty(), "{}", outcome.stdout);
    for example in examples {
        let words: Vec<&str> =
            example.split_whitespace().take_while(|word| !["#", ">"].contains(word)).collect();
        assert_eq!(words[0], command, "{example}");
        Program::assert_accepted(&words);
    }
}

#[rstest]
#[case::bash("bash", "complete -F")]
#[case::zsh("zsh", "#compdef mosquitto-fixtures")]
#[case::fish("fish", "complete -c mosquitto-fixtures")]
fn completions_are_printed(#[case] shell: &str, #[case] mark: &str) {
    let outcome = Program::new(&["completions", shell]).run();
    assert_eq!((outcome.status, outcome.stderr.as_str()), (Some(0), ""));
    assert!(outcome.stdout.contains(mark) && outcome.stdout.contains("days-left"), "{}", outcome.stdout);
}

#[test]
fn manual_page_has_every_command_and_option() {
    let outcome = Program::new(&["man"]).run();
    assert_eq!((outcome.status, outcome.stderr.as_str()), (Some(0), ""));
    for word in [".TH mosquitto", "verify", "days\\-left", "scenario", "password\\-stdin"] {
        assert!(outcome.stdout.contains(word), "{word}: {}", outcome.stdout);
    }
}

#[test]
fn list_names_every_clause_with_its_promise() {
    let outcome = Program::new(&["verify", "--list"]).run();
    assert_eq!((outcome.status, outcome.stderr.as_str()), (Some(0), ""));
    assert!(outcome.stdout.lines().count() > 60, "{}", outcome.stdout);
    assert!(
        outcome.stdout.contains("listeners.mqtt-answers               MQTT answers on its port\n"),
        "{}",
        outcome.stdout
    );
}

#[rstest]
#[case::of_all(&[], "Usage: mosquitto-fixtures <COMMAND>")]
#[case::of_user(&["user"], "Usage: mosquitto-fixtures user <COMMAND>")]
fn call_without_a_command_shows_the_help(#[case] arguments: &[&str], #[case] usage: &str) {
    let outcome = Program::new(arguments).run();
    assert_eq!((outcome.status, outcome.stdout.as_str()), (Some(2), ""));
    assert!(outcome.stderr.contains(usage), "{}", outcome.stderr);
}

#[test]
fn version_is_that_of_the_package() {
    let outcome = Program::new(&["--version"]).run();
    assert_eq!(outcome.stdout, format!("mosquitto-fixtures {}\n", env!("CARGO_PKG_VERSION")));
    assert_eq!(outcome.status, Some(0));
}
