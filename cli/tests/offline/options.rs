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
#[case::acl_of_a_deployment(&["up", "--acl", "a", "--deployment", "."], "'--acl <FILE>' cannot be used with '--deployment <DIR>'")]
#[case::option_of_a_deployment(&["up", "--option", "max_qos 1", "--deployment", "."], "cannot be used with '--deployment <DIR>'")]
#[case::option_without_a_value(&["up", "--option", "max_qos"], "a key and a value are expected, as in 'max_inflight_messages 1'")]
#[case::option_with_a_blank_value(&["up", "--option", "max_qos  "], "a key and a value are expected")]
#[case::option_of_nothing(&["up", "--option", ""], "an option is one word, such as max_inflight_messages")]
#[case::option_behind_a_blank(&["up", "--option", " max_qos 1"], "an option is one word")]
#[case::option_that_is_a_comment(&["up", "--option", "#max_qos 1"], "an option is one word")]
#[case::option_of_two_lines(&["up", "--option", "max_qos 1\npersistence true"], "its value has a line break or a NUL in it")]
#[case::option_that_is_a_listener(&["up", "--option", "listener 1884"], "a listener is none of the options for all")]
#[case::port_in_words(&["up", "--port", "mqtt"], "invalid value 'mqtt' for '--port <PORT>'")]
#[case::port_too_large(&["up", "--port", "65536"], "65536 is not in 0..=65535")]
#[case::negative_port(&["up", "--tls-port=-1"], "-1 is not in 0..=65535")]
#[case::port_that_is_empty(&["up", "--ws-port", ""], "'--ws-port <PORT>'")]
#[case::user_without_a_name(&["up", "--user", ":secret"], "a name is expected before the colon")]
#[case::user_of_nothing(&["up", "--user", ""], "a name is expected")]
#[case::user_with_an_empty_password(&["up", "--user", "fern:"], "the password is empty: leave the colon out for a random one")]
#[case::user_of_two_lines(&["up", "--user", "fern:a\nb"], "a name or password of one line is expected")]
#[case::user_that_is_not_named(&["user", "add"], "<NAME>")]
#[case::password_on_the_command_line(&["user", "add", "fern", "--password", "secret"], "unexpected argument '--password' found")]
#[case::need_that_there_is_not(&["verify", "--needs", "root"], "expected one of files, compose, connection, container, restart")]
#[case::nothing_to_end(&["down"], "the following required arguments were not provided")]
#[case::two_things_to_end(&["down", "--all", "0123456789ab"], "cannot be used with")]
fn bad_option_is_refused_in_one_line(#[case] arguments: &[&str], #[case] cause: &str) {
    let complaint = Program::new(arguments).complaint();
    assert!(complaint.contains(cause), "{complaint}");
    assert!(complaint.ends_with("--help` lists what there is"), "{complaint}");
    assert!(!complaint.contains("  "), "{complaint}");
}

/// What only a look at all of them shows, or at the deployment.
#[rstest]
#[case::the_same_user_twice(&["--user", "fern", "--user", "fern:secret"], "users \"fern\" and \"fern\" would both have MQTT_PASSWORD_FERN: name")]
#[case::users_of_one_variable(&["--user", "fern-1", "--user", "Fern_1"], "users \"fern-1\" and \"Fern_1\" would both have MQTT_PASSWORD_FERN_1: name")]
#[case::user_that_starts_as_a_comment(&["--user", "#fern"], "user name \"#fern\" is empty or longer than")]
#[case::user_with_a_blank_at_its_end(&["--user", "fern "], "user name \"fern \" is empty or longer than")]
#[case::no_acl_file(&["--acl", "missing.acl"], "missing.acl is missing: put the file there, or name another")]
#[case::user_where_nobody_logs_in(&["--deployment", ".", "--user", "fern"], "mosquitto.conf names no password_file: users need one")]
#[case::port_of_no_listener(&["--deployment", ".", "--ws-port", "0"], "this broker has no listener for MQTT over WebSocket")]
fn what_up_cannot_do_is_said_in_one_line(#[case] arguments: &[&str], #[case] cause: &str) {
    let mut up = Program::new(&["up"]).arguments(arguments).config("allow_anonymous true\nlistener 1883\n");
    let complaint = up.complaint();
    assert!(complaint.contains(cause), "{complaint}");
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
fn profile_that_there_is_not_is_answered_with_those_that_there_are() {
    let complaint = Program::new(&["verify", "--profile", "stage"]).config("listener 1883").complaint();
    assert_eq!(complaint, "there is no profile \"stage\": the deployment has dev");
}

#[test]
fn complaint_names_the_command_whose_help_helps() {
    let complaint = Program::new(&["user", "add", "fern", "--folder", "."]).complaint();
    assert!(complaint.ends_with(": `mosquitto-fixtures user add --help` lists what there is"), "{complaint}");
    let complaint = Program::new(&["certs", "--dayz", "7"]).complaint();
    assert!(complaint.ends_with(": `mosquitto-fixtures certs --help` lists what there is"), "{complaint}");
    assert!(complaint.contains("'--days'"), "{complaint}");
}
