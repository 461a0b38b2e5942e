//! Contracts that cannot be meant: one line that says where and what to do, and status 2.

use mosquitto_fixtures::pki::{Password, PasswordFile};
use rstest::rstest;

use crate::program::Program;

const LISTENER: &str = "[[listeners]]\nport = 1883\ntransport = \"mqtt\"\n";

#[rstest]
#[case::no_toml("port: 1883", "broker-contract.toml:1: ")]
#[case::unknown_key("\nnmaes = []\n", "broker-contract.toml:2: unknown key `nmaes`: did you mean `names`?")]
#[case::unknown_key_of_a_listener(&format!("{LISTENER}publised = [\"dev\"]\n"), ":4: unknown key `publised`: did you mean `published`?")]
#[case::unknown_key_of_an_account(
    "[[accounts]]\nname = \"a\"\npasword-variable = \"P\"\n",
    ":3: unknown key `pasword-variable`: did you mean `password-variable`?"
)]
#[case::unknown_key_of_a_profile(
    "[[profiles]]\nname = \"a\"\nproductin = true\n",
    "did you mean `production`?"
)]
#[case::unknown_key_of_clients("[clients]\nkeepalive = 1\n", "did you mean `keep-alive`?")]
#[case::unknown_transport(
    "[[listeners]]\nport = 1\ntransport = \"tls\"\n",
    "transport is \"tls\", and must be \"mqtt\", \"mqtts\", \"ws\" or \"wss\""
)]
#[case::port_that_is_none("[[listeners]]\nport = 70000\ntransport = \"mqtt\"\n", ":2: ")]
#[case::port_0(
    "[[listeners]]\nport = 0\ntransport = \"mqtt\"\npublished = [\"dev\"]\n",
    "a listener has port 0"
)]
#[case::listener_without_a_port("[[listeners]]\ntransport = \"mqtt\"\n", "missing field `port`")]
#[case::listener_under_no_profile(LISTENER, "the listener on 1883 is promised nowhere")]
#[case::unknown_profile(&format!("{LISTENER}published = [\"stage\"]\n"), "names the profile \"stage\": the contract has dev")]
#[case::two_places(&format!("{LISTENER}published = [\"dev\"]\ninternal = [\"dev\"]\n"), "is `published` and `internal` under dev: keep one")]
#[case::two_listeners_on_a_port(&format!("{LISTENER}published = [\"dev\"]\n{LISTENER}published = [\"dev\"]\n"), "listener on 1883 stands there twice")]
#[case::two_profiles_of_a_name(
    "[[profiles]]\nname = \"a\"\n[[profiles]]\nname = \"a\"\n",
    "profile a stands there twice"
)]
#[case::two_accounts_of_a_name(
    "[[accounts]]\nname = \"a\"\n[[accounts]]\nname = \"a\"\n",
    "account a stands there twice"
)]
#[case::account_without_a_name("[[accounts]]\nname = \" \"\n", "one account has an empty name")]
#[case::no_filter(
    "[[accounts]]\nname = \"a\"\npublish = [\"a/#/b\"]\n",
    "account a: \"a/#/b\" is no topic filter"
)]
#[case::empty_filter("[[accounts]]\nname = \"a\"\nreceive = [\"\"]\n", "account a: \"\" is no topic filter")]
#[case::compose_file_elsewhere(
    "[[profiles]]\nname = \"a\"\ncompose = [\"../other.yml\"]\n",
    "Compose files lie in the deployment's folder"
)]
#[case::compose_file_of_the_root(
    "[[profiles]]\nname = \"a\"\ncompose = [\"/etc/passwd\"]\n",
    "Compose files lie in the deployment's folder"
)]
#[case::esp32_without_tls(&format!("clients = {{ esp32 = true }}\n{LISTENER}published = [\"dev\"]\n"), "esp32 is promised, and no listener speaks mqtts")]
#[case::waiver_without_a_reason(
    "[[waivers]]\nclause = \"tls.strong\"\nreason = \"\"\n",
    "the waiver of tls.strong has no reason"
)]
#[case::waiver_of_nothing(
    "[[waivers]]\nclause = \"tls.strnog\"\nreason = \"r\"\n",
    "there is no clause \"tls.strnog\" to waive: did you mean tls.strong?"
)]
#[case::waiver_under_no_profile(
    "[[waivers]]\nclause = \"tls.strong\"\nprofile = \"x\"\nreason = \"r\"\n",
    "the waiver of tls.strong names the profile \"x\""
)]
#[case::waiver_until_a_time(
    "[[waivers]]\nclause = \"tls.strong\"\nreason = \"r\"\nuntil = 2027-01-31T10:00:00\n",
    "until is no date: write 2027-01-31"
)]
#[case::waiver_until_a_text(
    "[[waivers]]\nclause = \"tls.strong\"\nreason = \"r\"\nuntil = \"soon\"\n",
    "broker-contract.toml:4: "
)]
fn contract_that_cannot_be_meant_is_refused_in_one_line(#[case] contract: &str, #[case] cause: &str) {
    let program = Program::new(&["verify"]).config("listener 1883\n").file("broker-contract.toml", contract);
    let complaint = { program }.complaint();
    assert!(complaint.contains(cause) && complaint.contains("broker-contract.toml"), "{complaint}");
    assert!(complaint.len() < 200, "{complaint}");
}

#[test]
fn contract_that_is_named_and_missing_is_not_passed_over() {
    let mut program = Program::new(&["verify", "--contract", "mine.toml"]).config("listener 1883\n");
    assert!(program.complaint().starts_with("mine.toml is missing"), "{}", program.complaint());
}

#[test]
fn clause_that_nothing_declares_is_not_judged_when_it_is_asked_for() {
    let mut program = Program::new(&["verify", "--clause", "tls.names-covered"]).config("listener 1883\n");
    let outcome = program.run();
    assert_eq!(outcome.status, Some(2), "{}", outcome.stdout);
    assert!(outcome.stderr.contains("declare `names = [\"broker.example.com\"]`"), "{}", outcome.stderr);
}

#[test]
fn init_leaves_a_contract_alone_that_is_there() {
    let mut program = Program::new(&["init"]).config("listener 1883\n").file("broker-contract.toml", "mine");
    assert!(program.complaint().contains("broker-contract.toml is there already: remove it"));
    let kept = std::fs::read_to_string(program.folder().join("broker-contract.toml")).unwrap();
    assert_eq!(kept, "mine");
}

#[test]
fn init_needs_a_deployment() {
    let mut program = Program::new(&["init"]);
    assert!(program.complaint().contains("mosquitto/mosquitto.conf"), "{}", program.complaint());
    assert!(!program.folder().join("broker-contract.toml").exists());
}

#[test]
fn init_writes_what_there_is_and_no_password() {
    let config = "allow_anonymous false\npassword_file /mosquitto/config/users\nacl_file /mosquitto/config/acl\n\
                  listener 1885\nlistener 9002\nprotocol websockets\n";
    let acl = "user hub\ntopic readwrite site/#\ntopic read $SYS/#\npattern write site/%u/up/#\n";
    let mut users = PasswordFile::default();
    users.set("meter \"7\"", &Password::random()).unwrap();
    let mut program = Program::new(&["init"])
        .config(config)
        .file("mosquitto/users", &String::from_utf8(users.to_bytes()).unwrap())
        .file("mosquitto/acl", acl);
    assert_eq!(program.run().status, Some(0));
    let written = std::fs::read_to_string(program.folder().join("broker-contract.toml")).unwrap();
    for line in [
        "port = 1885\ntransport = \"mqtt\"\npublished = [\"dev\"]\n",
        "port = 9002\ntransport = \"ws\"\n",
        "name = \"hub\"\n# password-variable = \"MQTT_HUB_PASSWORD\"\npublish = [\"site/#\", \"site/hub/up/#\"]\nreceive = [\"site/#\", \"$SYS/#\"]\n",
        "name = \"meter \\\"7\\\"\"\n",
        "name = \"%u\"\npublish = [\"site/%u/up/#\"]\n",
    ] {
        assert!(written.contains(line), "{line}: {written}");
    }
    assert!(!written.contains("$7$"), "{written}");
}
