//! Options that there are not, and values that they do not take.

use rstest::rstest;

use crate::program::Program;

#[rstest]
#[case::unknown_option(&["verify", "--colour"], "unexpected argument '--colour' found")]
#[case::unknown_option_of_none(&["--colour"], "unexpected argument '--colour' found")]
#[case::unknown_command(&["judge"], "unrecognized subcommand 'judge'")]
#[case::one_word_too_many(&["certs", "here"], "unexpected argument 'here' found")]
#[case::no_value(&["certs", "--host"], "a value is required for '--host <NAME>' but none was supplied")]
#[case::days_in_words(&["certs", "--days", "many"], "invalid value 'many' for '--days <N>'")]
#[case::negative_days(&["certs", "--days=-1"], "'-1' for '--days <N>': expected a whole number of days, 0 or more")]
#[case::days_left_in_words(&["verify", "--days-left", "soon"], "expected a whole number of days, 0 or more")]
#[case::negative_days_left(&["verify", "--days-left", "-5"], "expected a whole number of days, 0 or more")]
#[case::unknown_shell(&["completions", "tcsh"], "[possible values: bash, elvish, fish, powershell, zsh]")]
#[case::too_many_days(&["certs", "--days", "4294967296"], "invalid value '4294967296' for '--days <N>'")]
#[case::unknown_format(&["verify", "--format", "xml"], "[possible values: text, json, junit]")]
#[case::unknown_profile(&["verify", "--profile", "stage"], "invalid value 'stage' for '--profile <PROFILE>'")]
#[case::nothing_to_end(&["down"], "the following required arguments were not provided")]
#[case::two_things_to_end(&["down", "--all", "0123456789ab"], "cannot be used with")]
fn bad_option_is_refused_in_one_line(#[case] arguments: &[&str], #[case] cause: &str) {
    let complaint = Program::new(arguments).complaint();
    assert!(complaint.contains(cause), "{complaint}");
    assert!(complaint.ends_with("--help` lists what there is"), "{complaint}");
    assert!(!complaint.contains("  "), "{complaint}");
}

#[rstest]
#[case::command(&["up", "pytest", "tests"], "tip: write `mosquitto-fixtures up -- pytest`: ")]
#[case::folder(&["verify", "."], "tip: write `mosquitto-fixtures verify --deployment .`: ")]
#[case::number(&["esp32", "100"], "tip: write `mosquitto-fixtures esp32 --devices 100`: ")]
fn word_that_stands_alone_is_answered_with_how_it_is_written(#[case] arguments: &[&str], #[case] tip: &str) {
    let complaint = Program::new(arguments).complaint();
    assert!(complaint.contains(tip), "{complaint}");
}

#[rstest]
#[case::word_that_is_no_number(&["esp32", "fleet"])]
#[case::option(&["up", "-d"])]
#[case::option_with_a_value(&["verify", "--folder", "."])]
fn what_may_be_anything_has_no_tip(#[case] arguments: &[&str]) {
    let complaint = Program::new(arguments).complaint();
    assert!(!complaint.contains("tip:"), "{complaint}");
}

/// The one that a script makes of `-- $COMMAND`. No engine answers either, which would be said later.
#[test]
fn no_command_behind_the_dashes_is_refused_before_a_broker_starts() {
    let complaint = Program::new(&["up", "--"]).complaint();
    assert!(complaint.starts_with("no command stands behind `--`: name one"), "{complaint}");
}

#[rstest]
#[case::a_group("tls", "did you mean tls.*?")]
#[case::a_slip("tls.chian-verifies", "did you mean tls.chain-verifies?")]
#[case::without_its_group("anonymous-refused", "did you mean access.anonymous-refused?")]
#[case::a_pattern("hardning.*", "did you mean hardening.")]
fn clause_that_there_is_not_is_answered_with_the_nearest(#[case] pattern: &str, #[case] nearest: &str) {
    let complaint = Program::new(&["verify", "--clause", pattern]).complaint();
    assert!(
        complaint.contains(nearest) && complaint.ends_with("`mosquitto-fixtures verify --list` lists all"),
        "{complaint}"
    );
}

#[test]
fn complaint_names_the_command_whose_help_helps() {
    let complaint = Program::new(&["certs", "--dayz", "7"]).complaint();
    assert!(complaint.ends_with(": `mosquitto-fixtures certs --help` lists what there is"), "{complaint}");
    assert!(complaint.contains("'--days'"), "{complaint}");
}
