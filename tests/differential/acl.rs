//! The model of the ACL file held against what the broker delivers.

use std::collections::BTreeSet;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use mosquitto_fixtures::deployment::Line;
use mosquitto_fixtures::deployment::acl::{Acl, Refusal, Rights};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::TestCaseError;

use crate::bytes::Bytes;
use crate::cases::check;
use crate::client::{Client, Identity, Message};
use crate::native::{Native, Outcome};
use crate::network::isolated;
use crate::tally::Tally;

#[test]
fn every_right_is_the_one_that_2_0_gives() {
    isolated("acl::every_right_is_the_one_that_2_0_gives", || hold(Line::V2_0));
}

#[test]
fn every_right_is_the_one_that_2_1_gives() {
    isolated("acl::every_right_is_the_one_that_2_1_gives", || hold(Line::V2_1));
}

/// Who asks, and for what.
#[derive(Debug, Clone)]
struct Case {
    text: Bytes,
    clients: Vec<(Identity, Vec<String>)>,
    topics: Vec<String>,
    /// A subscription that need not be well-formed.
    any_filter: String,
}

fn hold(line: Line) {
    let native = Native::of(line);
    let folder = tempfile::tempdir().unwrap();
    let tally = Tally::default();
    check(case(), |case| compare(line, &native, folder.path(), &case, &tally));
    println!("{line}: {tally}");
}

/// Listens for clients that the file speaks of, and for one that it does not.
const GUARDED: &str = "127.0.0.1:1883";
const OPEN: &str = "127.0.0.1:1884";

fn compare(
    line: Line,
    native: &Native,
    folder: &Path,
    case: &Case,
    tally: &Tally,
) -> Result<(), TestCaseError> {
    let (config, file) = (folder.join("mosquitto.conf"), folder.join("acl"));
    let text = format!(
        "user root\nset_tcp_nodelay true\nper_listener_settings true\n\
         listener 1883 127.0.0.1\nallow_anonymous true\nacl_file {}\n\
         listener 1884 127.0.0.1\nallow_anonymous true\n",
        file.display()
    );
    fs::write(&config, text).unwrap();
    fs::write(&file, &case.text.0).unwrap();
    let model = Acl::parse(&case.text.0, &file, line);
    let mut run = native.start(&config);
    let expected = match &model {
        Ok(_) => Outcome::Runs,
        Err(_) => Outcome::Exits(Refusal::EXIT_CODE),
    };
    let outcome = run.outcome();
    prop_assert_eq!(expected, outcome, "start, {:?}", model.err());
    let Ok(acl) = model else {
        tally.count("files refused");
        return Ok(());
    };
    tally.count("files read");
    let mut case = case.clone();
    case.topics.extend(spoken_of(&acl, &case));
    let (model, seen) = (expected_of(&acl, &case), observe(&case));
    for fact in &seen {
        tally.count(match fact {
            Fact::Published { .. } => "publishes passed on",
            Fact::Received { .. } => "deliveries",
            Fact::Subscribed { .. } => "subscriptions granted",
        });
    }
    let questions = case.clients.len() * case.topics.len();
    (0..questions).for_each(|_| tally.count("pairs of a client and a topic"));
    let difference =
        |of: &BTreeSet<_>, other: &BTreeSet<_>| of.difference(other).cloned().collect::<Vec<_>>();
    prop_assert!(
        model == seen,
        "the model alone has {:?}, the broker alone {:?}",
        difference(&model, &seen),
        difference(&seen, &model)
    );
    Ok(())
}

/// Topics of which the rules of the clients speak: a random one is rarely such a topic.
fn spoken_of(acl: &Acl, case: &Case) -> BTreeSet<String> {
    let rights =
        case.clients.iter().map(|(identity, _)| acl.rights(identity.user.as_deref(), &identity.client_id));
    let filters = rights.flat_map(|rights| {
        rights.rules().map(|rule| rule.filter().replace('+', "a").replace('#', "b")).collect::<Vec<_>>()
    });
    // A topic that is malformed ends the connection.
    filters.filter(|topic| topic.len() < 100 && !topic.contains(|c: char| c.is_control())).take(8).collect()
}

/// What a client can be seen to do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Fact {
    Published { client: usize, topic: String },
    Received { client: usize, topic: String },
    Subscribed { filter: String },
}

fn expected_of(acl: &Acl, case: &Case) -> BTreeSet<Fact> {
    let mut facts = BTreeSet::new();
    for (client, (identity, filters)) in case.clients.iter().enumerate() {
        let rights = acl.rights(identity.user.as_deref(), &identity.client_id);
        for topic in &case.topics {
            if rights.may_publish(topic).allowed {
                facts.insert(Fact::Published { client, topic: topic.clone() });
            }
        }
        for topic in sent(&case.topics).chain([VERSION.to_owned()]) {
            if filters.iter().any(|filter| delivers(&rights, filter, &topic)) {
                facts.insert(Fact::Received { client, topic });
            }
        }
    }
    if acl.rights(None, "any").may_subscribe(&case.any_filter).allowed {
        facts.insert(Fact::Subscribed { filter: case.any_filter.clone() });
    }
    facts
}

/// The rule that lets a message through is one of those that open the subscription.
fn delivers(rights: &Rights, filter: &str, topic: &str) -> bool {
    let decision = rights.delivers(filter, topic);
    if let (true, Some(by)) = (decision.allowed, decision.by()) {
        assert!(rights.opened_by(filter).any(|rule| rule.at == *by), "{filter} is opened by {by}");
    }
    decision.allowed
}

/// What somebody whom no ACL holds back can publish: the broker keeps the rest to itself.
fn sent(topics: &[String]) -> impl Iterator<Item = String> {
    let own = |topic: &&String| {
        topic.starts_with("$share") || (topic.starts_with("$SYS") && *topic != BRIDGE_STATE)
    };
    topics.iter().filter(move |topic| !own(topic)).cloned()
}

fn observe(case: &Case) -> BTreeSet<Fact> {
    let (guarded, open): (SocketAddr, SocketAddr) = (GUARDED.parse().unwrap(), OPEN.parse().unwrap());
    let mut facts = BTreeSet::new();
    let warden = Identity { client_id: "the warden".to_owned(), ..Identity::default() };
    let mut warden = Client::connect(open, &warden).expect("no ACL holds it back");
    let under_no_wildcard = |topic: &&str| topic.starts_with('$') && !topic.starts_with("$share");
    let heard = case.topics.iter().map(String::as_str).filter(under_no_wildcard);
    assert!(warden.subscribe(&heard.chain(["#"]).collect::<Vec<_>>()));
    let mut clients: Vec<Client> = case
        .clients
        .iter()
        .map(|(identity, filters)| {
            let mut client = Client::connect(guarded, identity).expect("everybody is let in");
            let filters: Vec<&str> = filters.iter().map(String::as_str).collect();
            assert!(client.subscribe(&filters), "{filters:?} are granted");
            client
        })
        .collect();
    let messages: Vec<Message> =
        sent(&case.topics).map(|topic| (topic, b"from the warden".to_vec())).collect();
    warden.publish(&messages);
    warden.messages();
    for (number, client) in clients.iter_mut().enumerate() {
        let own = |message: &Message| message.1 == b"from the warden" || message.0 == VERSION;
        for (topic, _) in client.messages().into_iter().filter(own) {
            facts.insert(Fact::Received { client: number, topic });
        }
        let messages: Vec<Message> =
            case.topics.iter().map(|topic| (topic.clone(), b"from a client".to_vec())).collect();
        client.publish(&messages);
        for (topic, _) in warden.messages() {
            facts.insert(Fact::Published { client: number, topic });
        }
    }
    let any = Identity { client_id: "any".to_owned(), ..Identity::default() };
    if Client::connect(guarded, &any).expect("everybody is let in").subscribe(&[&case.any_filter]) {
        facts.insert(Fact::Subscribed { filter: case.any_filter.clone() });
    }
    facts
}

/// Retained by the broker itself, from the start.
const VERSION: &str = "$SYS/broker/version";
const BRIDGE_STATE: &str = "$SYS/broker/connection/x/state";

fn user() -> impl Strategy<Value = &'static str> {
    let unusual = ["a", "b", "u/v", "u/v", "a+", "#", "$x", "$SYS", "ü", "u v", "%c", "%u"];
    prop_oneof![2 => select(&["u", "v"][..]), 1 => select(unusual.to_vec())]
}

fn client_id() -> impl Strategy<Value = &'static str> {
    select(&["c", "c", "d", "u", "a", "b", "c/d", "c/d", "c+", "$x", "%u", "c d"][..])
}

fn case() -> impl Strategy<Value = Case> {
    let client = (prop::option::weighted(0.75, user()), client_id(), filters());
    (text(), prop::collection::vec(client, 1..4), prop::collection::vec(topic(), 1..7), any_filter())
        .prop_map(|(text, clients, topics, any_filter)| {
            let mut ids = BTreeSet::new();
            let clients = clients.into_iter().filter(|(_, client_id, _)| ids.insert(*client_id));
            let clients = clients.map(|(user, client_id, filters)| {
                let user = user.map(str::to_owned);
                (Identity { client_id: client_id.to_owned(), user, password: None }, filters)
            });
            Case { text, clients: clients.collect(), topics, any_filter }
        })
}

fn text() -> impl Strategy<Value = Bytes> {
    let lines = prop::collection::vec((line(), line_end()), 0..14);
    let last = prop_oneof![8 => Just(Vec::new()), 4 => line(), 1 => long_line()];
    (lines, last).prop_map(|(lines, last)| {
        let lines = lines.into_iter().flat_map(|(line, end)| [line, end.to_vec()].concat());
        Bytes(lines.chain(last).collect())
    })
}

fn line_end() -> impl Strategy<Value = &'static [u8]> {
    prop_oneof![20 => Just(&b"\n"[..]), 1 => Just(&b"\r\n"[..]), 1 => Just(&b" \t\n"[..]), 1 => Just(&b"\n\n"[..]), 1 => Just(&b"\x0b\n"[..])]
}

fn line() -> impl Strategy<Value = Vec<u8>> {
    let access =
        || select(&["", "", "read ", "write ", "readwrite ", "readwrite ", "deny ", "read  ", "deny \t"][..]);
    prop_oneof![
        20 => (access(), filter()).prop_map(|(access, filter)| format!("topic {access}{filter}").into_bytes()),
        16 => (access(), pattern()).prop_map(|(access, filter)| format!("pattern {access}{filter}").into_bytes()),
        12 => user().prop_map(|user| format!("user {user}").into_bytes()),
        1 => odd_line(),
    ]
}

/// What is rarely written, and what the broker does not start with.
fn odd_line() -> impl Strategy<Value = Vec<u8>> {
    let lines: &'static [&'static [u8]] = &[
        b"#",
        b"# a comment",
        b"# \xe4",
        b" # no comment",
        b"",
        b" ",
        b"\t",
        b"\0",
        b"topic a\0b",
        b"# a\0b",
        b"\0topic a",
        b"topic",
        b"topic ",
        b"\ttopic a",
        b" topic a",
        b"topic\ta",
        b"topic read",
        b"topic read\ta",
        b"topic a b",
        b"topic read a b",
        b"topic  read  a",
        b"topic foo a",
        b"topic a#",
        b"topic #/a",
        b"topic a+",
        b"topic +a/b",
        b"topic read \xff/#",
        b"topic \xef\xbb\xbfa",
        b"\xef\xbb\xbftopic a",
        b"user",
        b"user ",
        b"user \t u \t",
        b"user\tu",
        b"user u v",
        b" user u",
        b"user \xff",
        b"users u",
        b"pattern",
        b"pattern a",
        b"pattern read",
        b"pattern %u#",
        b"pattern %u+",
        b"pattern deny %c",
        b"pattern write %u%c/%c%u",
        b"Topic a",
        b"topic read \x0ba",
        b"topic deny #",
    ];
    prop_oneof![
        6 => select(lines).prop_map(<[u8]>::to_vec),
        1 => long_line(),
        1 => (199_usize..203).prop_map(|slashes| format!("topic {}", "/".repeat(slashes)).into_bytes()),
    ]
}

/// About as long as the broker's buffer.
fn long_line() -> impl Strategy<Value = Vec<u8>> {
    let start = select(&["#", "topic a/", "topic read ", "user ", "bad "][..]);
    (252_usize..259, start).prop_map(|(length, start)| format!("{start:x<length$}").into_bytes())
}

fn topic() -> impl Strategy<Value = String> {
    prop_oneof![
        20 => path(level()),
        2 => path(level()).prop_map(|path| format!("$x/{path}")),
        1 => path(level()).prop_map(|path| format!("$SYS/{path}")),
        1 => path(level()).prop_map(|path| format!("$share/{path}")),
        2 => select(&["$x", "$SYS", BRIDGE_STATE, "$SYSx", "$sharex", "$X", "/", "//"][..]).prop_map(str::to_owned),
    ]
    .prop_filter("a topic has at least one character", |topic| !topic.is_empty())
}

fn level() -> impl Strategy<Value = String> {
    prop_oneof![
        12 => select(&["a", "b"][..]).prop_map(str::to_owned),
        3 => select(&["u", "v", "c", "d"][..]).prop_map(str::to_owned),
        1 => select(&["u/v", "c/d"][..]).prop_map(str::to_owned),
        1 => select(&["", "u v", "c d", "ü", "$x", "%u", "%c", "uc", "au", "read"][..]).prop_map(str::to_owned),
    ]
}

fn filter() -> impl Strategy<Value = String> {
    let level = prop_oneof![3 => level(), 1 => Just("+".to_owned())];
    let start = prop_oneof![20 => Just(""), 2 => Just("$x/"), 2 => Just("$SYS/"), 1 => Just("$share/")];
    let any = (start, path(level), prop::bool::weighted(0.3)).prop_map(|(start, path, all)| {
        let filter = format!("{start}{path}{}", if all { "/#" } else { "" });
        if filter.is_empty() { "+".to_owned() } else { filter }
    });
    let known = select(&["#", "$SYS/#", "$x/#", VERSION, BRIDGE_STATE, "+/#", "$SYS/broker/+"][..]);
    prop_oneof![6 => any, 1 => known.prop_map(str::to_owned)]
}

fn pattern() -> impl Strategy<Value = String> {
    let level = prop_oneof![
        6 => select(&["%u", "%c"][..]).prop_map(str::to_owned),
        4 => level(),
        1 => Just("+".to_owned()),
        1 => select(&["x%u", "%u%c", "%%u", "a%c", "%cx", "%U", "%"][..]).prop_map(str::to_owned),
    ];
    (path(level), prop::bool::weighted(0.3))
        .prop_map(|(path, all)| format!("{path}{}", if all { "/#" } else { "" }))
        .prop_filter("a filter has at least one character", |filter| !filter.is_empty())
}

fn filters() -> impl Strategy<Value = Vec<String>> {
    let shared = filter().prop_map(|filter| format!("$share/g/{filter}"));
    prop_oneof![
        4 => Just(vec!["#".to_owned(), "$x/#".to_owned(), "$SYS/#".to_owned()]),
        4 => prop::collection::vec(filter(), 1..4),
        1 => prop::collection::vec(shared, 1..2),
    ]
    .prop_filter("well-formed", |filters| {
        filters.iter().all(|filter| !filter.starts_with("$share") || filter.starts_with("$share/g/"))
    })
}

fn any_filter() -> impl Strategy<Value = String> {
    prop_oneof![
        1 => filter(),
        1 => "[ab+#/$]{1,6}",
        1 => "\\$share(/[gb+]{0,2}){0,2}(/[ab+/]{0,3})?",
        1 => select(&["$share", "$share/", "$share/g", "$share/g/", "$share//a", "$share/+/a", "$sharex/a", "a\u{1}", "a\u{7f}"][..])
            .prop_map(str::to_owned),
    ]
}

fn path(level: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    let depth = select(&[1_usize, 1, 2, 2, 3][..]);
    (prop::collection::vec(level, 3), depth).prop_map(|(levels, depth)| levels[..depth].join("/"))
}
