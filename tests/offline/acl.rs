//! The ACL file as each line of the broker reads it. What is claimed here of the broker, the differential tests ask it.

use std::path::Path;

use mosquitto_fixtures::deployment::Line;
use mosquitto_fixtures::deployment::acl::{Access, Acl, Decision, Fault, Reason, Rights};
use rstest::rstest;

fn acl(text: &str, line: Line) -> Acl {
    Acl::parse(text.as_bytes(), Path::new("acl"), line).unwrap()
}

/// What both lines say of a client called `u` with the client identifier `c`.
fn rights(text: &str) -> [Rights; 2] {
    rights_of(text, Some("u"), "c")
}

fn rights_of(text: &str, user: Option<&str>, client_id: &str) -> [Rights; 2] {
    Line::ALL.map(|line| acl(text, line).rights(user, client_id))
}

fn line_of(decision: &Decision) -> Option<usize> {
    decision.by().map(|at| at.line)
}

#[rstest]
#[case::nothing("", false, false)]
#[case::no_word("user u\ntopic t\n", true, true)]
#[case::readwrite("user u\ntopic readwrite t\n", true, true)]
#[case::read("user u\ntopic read t\n", false, true)]
#[case::write("user u\ntopic write t\n", true, false)]
#[case::deny("user u\ntopic t\ntopic deny t\n", false, false)]
#[case::another_user("user v\ntopic t\n", false, false)]
#[case::above_the_first_user("topic t\n", false, false)]
#[case::of_two_sections("user u\ntopic read t\nuser v\nuser u\ntopic write t\n", true, true)]
#[case::pattern("pattern t\n", true, true)]
#[case::pattern_of_a_user("user v\npattern read t\n", false, true)]
#[case::own_line_against_a_denied_pattern("user u\ntopic read t\npattern deny t\n", false, true)]
#[case::denied_line_against_a_pattern("user u\ntopic deny t\npattern t\n", false, false)]
#[case::tab_and_blanks(" user  u \t\r\n  topic  read \t t\t\n", false, true)]
#[case::comments("# user v\n#\n\n \t\nuser u\n#topic deny t\ntopic t", true, true)]
fn lines_give_what_they_say(#[case] text: &str, #[case] publishes: bool, #[case] receives: bool) {
    for rights in rights(text) {
        assert_eq!((rights.may_publish("t").allowed, rights.may_receive("t").allowed), (publishes, receives));
    }
}

/// Whoever has a user name has no part in the lines above the first `user`, and an empty name is none.
#[rstest]
#[case::anonymous(None, true)]
#[case::empty_user_name(Some(""), true)]
#[case::with_lines_of_their_own(Some("u"), false)]
#[case::without_lines(Some("v"), false)]
fn topics_above_the_first_user_are_those_of_anonymous_clients_alone(
    #[case] user: Option<&str>,
    #[case] allowed: bool,
) {
    for rights in rights_of("topic t\nuser u\ntopic x\n", user, "c") {
        assert_eq!(rights.may_publish("t").allowed, allowed);
    }
}

#[rstest]
#[case::first_that_allows("user u\ntopic read t\ntopic t\ntopic +\n", Some(3), Some(2))]
#[case::last_that_denies("user u\ntopic deny t\ntopic deny #\ntopic t\n", Some(3), Some(3))]
#[case::none("user u\ntopic x\n", None, None)]
#[case::pattern_behind_all_else("pattern t\nuser u\ntopic read #\n", Some(1), Some(3))]
fn a_decision_names_its_line(
    #[case] text: &str,
    #[case] publish: Option<usize>,
    #[case] receive: Option<usize>,
) {
    for rights in rights(text) {
        let decided = (line_of(&rights.may_publish("t")), line_of(&rights.may_receive("t")));
        assert_eq!(decided, (publish, receive));
    }
}

#[rstest]
#[case::hash("#", &["a", "a/b", "/"], &["$x", "$SYS/a"])]
#[case::below("a/#", &["a", "a/", "a/b/c"], &["ab", "b"])]
#[case::one_level("a/+", &["a/b", "a/"], &["a", "a/b/c"])]
#[case::plus_and_hash("+/#", &["a", "a/b", "/a"], &["$x/a"])]
#[case::dollar("$x/#", &["$x", "$x/a"], &["x/a", "$X/a"])]
#[case::empty_levels("a//b", &["a//b"], &["a/b", "a/x/b"])]
fn wildcards_match_whole_levels(#[case] filter: &str, #[case] matched: &[&str], #[case] others: &[&str]) {
    for rights in rights(&format!("user u\ntopic {filter}\n")) {
        let allowed = |topic: &&str| rights.may_receive(topic).allowed;
        assert!(matched.iter().all(allowed));
        assert!(!others.iter().any(allowed));
    }
}

/// The cells: the pattern, the topic, and whether 2.0 and 2.1 let user `u` with client identifier `c` read it.
#[rstest]
#[case::user("a/%u", "a/u", [true, true])]
#[case::client("%c/a", "c/a", [true, true])]
#[case::both("%u/%c/#", "u/c", [true, true])]
#[case::within_a_level("a/x%u", "a/xu", [true, false])]
#[case::literally("a/x%u", "a/x%u", [false, true])]
#[case::two_in_a_level("%u%c", "uc", [true, false])]
#[case::percent_before("%%u", "%u", [true, false])]
fn a_pattern_has_the_names_in_it(#[case] pattern: &str, #[case] topic: &str, #[case] allowed: [bool; 2]) {
    let rights = rights(&format!("pattern read {pattern}\n"));
    assert_eq!(rights.map(|rights| rights.may_receive(topic).allowed), allowed);
}

#[rstest]
#[case::slash_in_the_user_name(Some("u/v"), "c", "a/%u", "a/u/v", [true, false])]
#[case::slash_in_the_client_identifier(Some("u"), "c/d", "a/%c/#", "a/c/d/e", [true, false])]
#[case::user_name_that_is_the_brokers_tree(Some("$SYS"), "c", "%u/#", "$SYS/broker/version", [true, false])]
#[case::dollar_below_the_first_level(Some("$x"), "c", "a/%u", "a/$x", [true, true])]
#[case::anonymous(None, "c", "%c/%u", "c/u", [false, false])]
#[case::anonymous_and_a_literal(None, "c", "x%u/%c", "x%u/c", [false, false])]
#[case::anonymous_by_client_identifier(None, "c", "a/%c", "a/c", [true, true])]
#[case::name_with_a_percent(Some("%c"), "c", "a/%u", "a/%c", [true, true])]
fn unusual_names_in_patterns(
    #[case] user: Option<&str>,
    #[case] client_id: &str,
    #[case] pattern: &str,
    #[case] topic: &str,
    #[case] allowed: [bool; 2],
) {
    let rights = rights_of(&format!("pattern read {pattern}\n"), user, client_id);
    assert_eq!(rights.map(|rights| rights.may_receive(topic).allowed), allowed);
}

/// With `+` or `#` in a name, a pattern would open more than the client's own.
#[rstest]
#[case::user_name("a+", "c")]
#[case::client_identifier("u", "#c")]
fn dangerous_names_have_their_own_lines_alone(#[case] user: &str, #[case] client_id: &str) {
    let text = format!("user {user}\ntopic own\npattern t/%c\n");
    for rights in rights_of(&text, Some(user), client_id) {
        assert!(rights.may_publish("own").allowed);
        assert_eq!(rights.may_publish("t").reason, Reason::DangerousName);
    }
    for rights in rights_of(&format!("user {user}\ntopic own\n"), Some(user), client_id) {
        assert_eq!(rights.may_publish("t").reason, Reason::NoRule);
    }
}

#[rstest]
#[case::figures("$SYS/broker/uptime", Reason::Reserved)]
#[case::any_that_begins_so("$SYSTEM", Reason::Reserved)]
#[case::shared("$share/g/a", Reason::Reserved)]
#[case::wildcard("a/+", Reason::Malformed)]
#[case::empty("", Reason::Malformed)]
#[case::control_character("a\u{1}", Reason::Malformed)]
#[case::too_deep(&"/".repeat(201), Reason::Malformed)]
fn what_nobody_may_publish(#[case] topic: &str, #[case] reason: Reason) {
    let text = "user u\ntopic #\ntopic $SYS/#\ntopic $SYSTEM\ntopic $share/#\n";
    for rights in rights(text) {
        assert_eq!(rights.may_publish(topic), Decision { allowed: false, reason: reason.clone() });
    }
}

/// A bridge publishes its state below `$SYS`: that the file may allow.
#[test]
fn state_of_a_bridge_may_be_published() {
    for rights in rights("user u\ntopic write $SYS/broker/connection/#\n") {
        assert!(rights.may_publish("$SYS/broker/connection/b/state").allowed);
        assert!(!rights.may_publish("$SYS/broker/connection/b/c/state").allowed);
    }
}

#[rstest]
#[case::plain("a/b", [true, true])]
#[case::all("#", [true, true])]
#[case::figures("$SYS/#", [true, true])]
#[case::shared("$share/g/a", [true, true])]
#[case::shared_with_an_empty_group("$share//a", [true, true])]
#[case::shared_with_a_wildcard_for_a_group("$share/+/a", [true, false])]
#[case::shared_without_a_filter("$share/g", [false, false])]
#[case::shared_with_an_empty_filter("$share/g/", [false, false])]
#[case::looks_like_shared("$shared", [true, true])]
#[case::wildcard_within_a_level("a+", [false, false])]
#[case::hash_before_the_end("#/a", [false, false])]
#[case::empty("", [false, false])]
fn every_subscription_is_granted_that_is_one(#[case] filter: &str, #[case] granted: [bool; 2]) {
    // To a client that may do nothing.
    assert_eq!(rights("").map(|rights| rights.may_subscribe(filter).allowed), granted);
}

#[rstest]
#[case::wildcard("#", "a", true)]
#[case::wildcard_over_what_is_denied("#", "a/secret", false)]
#[case::wildcard_over_what_no_line_allows("#", "b", false)]
#[case::narrower("a/+", "a/x", true)]
#[case::narrower_elsewhere("a/+", "a/x/y", false)]
#[case::shared("$share/g/a/#", "a/x", true)]
#[case::figures("$SYS/#", "$SYS/broker/version", true)]
#[case::figures_under_a_wildcard("#", "$SYS/broker/version", false)]
#[case::figures_shared("$share/g/$SYS/#", "$SYS/broker/version", false)]
fn a_subscription_delivers_what_may_be_read(
    #[case] filter: &str,
    #[case] topic: &str,
    #[case] delivered: bool,
) {
    let text = "user u\ntopic read a/#\ntopic deny a/secret\ntopic read $SYS/#\ntopic write b\n";
    for rights in rights(text) {
        assert_eq!(rights.delivers(filter, topic).allowed, delivered);
    }
}

#[test]
fn what_opens_a_subscription_is_listed() {
    let text = "user u\ntopic read a/#\ntopic b\ntopic write a/c\ntopic deny a/d\npattern read %u/%c/#\n";
    let opened = |filter: &str| {
        rights(text).map(|rights| rights.opened_by(filter).map(|rule| rule.at.line).collect::<Vec<_>>())
    };
    assert_eq!(opened("#"), [[2, 3, 6], [2, 3, 6]]);
    assert_eq!(opened("+"), [[2, 3], [2, 3]]);
    assert_eq!(opened("u/+/x"), [[6], [6]]);
    assert_eq!(opened("$SYS/#"), [[0; 0], [0; 0]]);
    assert_eq!(opened("$share/g/b"), [[3], [3]]);
}

#[test]
fn rules_of_a_client_stand_in_the_order_in_which_they_are_asked() {
    let text = "pattern read p/%u\nuser u\ntopic read a\ntopic deny b\nuser v\ntopic c\nuser u\ntopic deny d\npattern deny %c\n";
    for rights in rights(text) {
        let rules = rights.rules().map(|rule| (rule.filter().into_owned(), rule.access, rule.at.line));
        let expected = [
            ("d", Access::Deny, 8),
            ("b", Access::Deny, 4),
            ("a", Access::Read, 3),
            ("c", Access::Deny, 9),
            ("p/u", Access::Read, 1),
        ];
        assert_eq!(
            rules.collect::<Vec<_>>(),
            expected.map(|(filter, access, line)| (filter.to_owned(), access, line))
        );
    }
}

#[test]
fn users_with_lines_of_their_own_are_listed() {
    let text =
        "topic a\nuser frontend\ntopic b\nuser nobody\nuser backend\ntopic c\nuser frontend\ntopic d\n";
    assert_eq!(acl(text, Line::V2_0).users(), ["backend", "frontend"]);
}

#[rstest]
#[case::unknown("users u", Fault::Unknown("users".to_owned()))]
#[case::capital("Topic a", Fault::Unknown("Topic".to_owned()))]
#[case::comment_in_another_column(" # a", Fault::Unknown("#".to_owned()))]
#[case::tab_before("\ttopic a", Fault::Unknown("\ttopic".to_owned()))]
#[case::tab_behind("topic\ta", Fault::Unknown("topic\ta".to_owned()))]
#[case::byte_order_mark("\u{feff}topic a", Fault::Unknown("\u{feff}topic".to_owned()))]
#[case::no_topic("topic", Fault::NoTopic)]
#[case::no_pattern("pattern \t", Fault::NoTopic)]
#[case::no_user("user ", Fault::NoUser)]
#[case::blank_in_a_topic("topic a b", Fault::Access("a".to_owned()))]
#[case::wildcard_within_a_level("topic read a#", Fault::Topic("a#".to_owned()))]
#[case::hash_before_the_end("pattern #/a", Fault::Topic("#/a".to_owned()))]
#[case::too_deep(&format!("topic {}", "/".repeat(201)), Fault::Topic("/".repeat(201)))]
fn the_broker_does_not_start_with_a_bad_line(#[case] bad: &str, #[case] fault: Fault) {
    for line in Line::ALL {
        let text = format!("# a comment\n{bad}\n");
        let refusal = Acl::parse(text.as_bytes(), Path::new("mosquitto/acl"), line).unwrap_err();
        assert_eq!((refusal.at.line, &refusal.fault), (2, &fault));
        assert!(refusal.to_string().starts_with("mosquitto/acl:2: "), "{refusal}");
    }
}

/// A word that is an access is a topic when nothing follows it, and a topic may hold blanks behind one.
#[rstest]
#[case::access_for_a_topic("topic read", "read")]
#[case::tab_in_a_topic("topic read\tx", "read\tx")]
#[case::blank_in_a_topic("topic read two words", "two words")]
fn what_looks_like_two_words(#[case] line: &str, #[case] filter: &str) {
    for rights in rights(&format!("user u\n{line}\n")) {
        assert_eq!(rights.rules().map(|rule| rule.filter().into_owned()).collect::<Vec<_>>(), [filter]);
    }
}

#[test]
fn other_bytes_than_utf_8_match_no_topic_and_hide_none() {
    for line in Line::ALL {
        let text = b"# G\xe4rtnerei\nuser u\ntopic \xff\ntopic t\n";
        let rights = Acl::parse(text, Path::new("acl"), line).unwrap().rights(Some("u"), "c");
        assert_eq!(line_of(&rights.may_publish("t")), Some(4));
        assert!(!rights.may_publish("\u{fffd}").allowed);
    }
}

/// Both lines read nothing behind a NUL in a line; at its start it makes an empty line.
#[rstest]
#[case::within("user u\ntopic a\n# \0\ntopic b\n", true, false)]
#[case::at_the_start("user u\ntopic a\n\0\ntopic b\n", true, true)]
fn a_nul_hides_what_follows(#[case] text: &str, #[case] above: bool, #[case] below: bool) {
    for rights in rights(text) {
        assert_eq!((rights.may_publish("a").allowed, rights.may_publish("b").allowed), (above, below));
    }
}

#[test]
fn a_decision_reads_as_a_sentence() {
    let [rights, _] = rights("user u\ntopic read a\n");
    assert_eq!(rights.may_receive("a").to_string(), "allowed by acl:2");
    assert_eq!(rights.may_publish("a").to_string(), "denied: no line of the ACL file allows it");
    assert_eq!(rights.may_subscribe("#").to_string(), "allowed: the broker grants every subscription");
}
