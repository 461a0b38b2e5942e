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
#[case::nothing_to_end(&["down"], "the following required arguments were not provided")]
#[case::two_things_to_end(&["down", "--all", "0123456789ab"], "cannot be used with")]
fn bad_option_is_refused_in_one_line(#[case] arguments: &[&str], #[case] cause: &str) {
    let complaint = Program::new(arguments).complaint();
    assert!(complaint.contains(cause), "{complaint}");
    assert!(complaint.ends_with("--help` lists what there is"), "{complaint}");
    assert!(!complaint.contains("  "), "{complaint}");
}

#[rstest]
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
fn profile_that_there_is_not_is_answered_with_those_that_there_are() {
    let complaint = Program::new(&["verify", "--profile", "stage"]).config("listener 1883").complaint();
    assert_eq!(complaint, "there is no profile \"stage\": the deployment has dev");
}

#[test]
fn complaint_names_the_command_whose_help_helps() {
    let complaint = Program::new(&["certs", "--dayz", "7"]).complaint();
    assert!(complaint.ends_with(": `mosquitto-fixtures certs --help` lists what there is"), "{complaint}");
    assert!(complaint.contains("'--days'"), "{complaint}");
}
