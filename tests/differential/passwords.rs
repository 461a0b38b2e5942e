//! The model of the password file held against whom the broker lets in.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use mosquitto_fixtures::deployment::Line;
use mosquitto_fixtures::pki::{Password, PasswordFile, PasswordRefusal};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::TestCaseError;

use crate::bytes::Bytes;
use crate::cases::check;
use crate::client::{Client, Identity};
use crate::native::{Native, Outcome};
use crate::network::isolated;
use crate::tally::Tally;

#[test]
fn everybody_is_let_in_whom_2_0_lets_in() {
    isolated("passwords::everybody_is_let_in_whom_2_0_lets_in", || hold(Line::V2_0));
}

#[test]
fn everybody_is_let_in_whom_2_1_lets_in() {
    isolated("passwords::everybody_is_let_in_whom_2_1_lets_in", || hold(Line::V2_1));
}

/// A password file, a user that is added to it perhaps, and who tries to log in.
#[derive(Debug, Clone)]
struct Case {
    text: Bytes,
    added: Option<(String, String)>,
    logins: Vec<(String, String)>,
}

fn hold(line: Line) {
    let native = Native::of(line);
    let folder = tempfile::tempdir().unwrap();
    let (config, passwords) = (folder.path().join("mosquitto.conf"), folder.path().join("passwd"));
    let text = format!(
        "user root\nset_tcp_nodelay true\nlistener 1883 127.0.0.1\nallow_anonymous false\npassword_file {}\n",
        passwords.display()
    );
    fs::write(&config, text).unwrap();
    let tally = Tally::default();
    check(case(), |case| compare(line, &native, [&config, &passwords], &case, &tally));
    println!("{line}: {tally}");
}

fn compare(
    line: Line,
    native: &Native,
    [config, passwords]: [&Path; 2],
    case: &Case,
    tally: &Tally,
) -> Result<(), TestCaseError> {
    let mut file = PasswordFile::parse(&case.text.0);
    prop_assert!(file.to_bytes() == case.text.0);
    let added =
        case.added.as_ref().filter(|(user, password)| file.set(user, &password.as_str().into()).is_ok());
    fs::write(passwords, file.to_bytes()).unwrap();
    let model = file.users(line);
    let mut run = native.start(config);
    let expected = match &model {
        Ok(_) => Outcome::Runs,
        Err(_) => Outcome::Exits(PasswordRefusal::EXIT_CODE),
    };
    let outcome = run.outcome();
    prop_assert_eq!(expected, outcome, "start, {:?}", model.err());
    let Ok(users) = model else {
        tally.count("files refused");
        return Ok(());
    };
    tally.count("files read");
    if let Some((user, password)) = added {
        // 2.0 reads nothing behind a line with a NUL.
        let admitted = users.admits(user, &password.as_str().into()) == Some(true);
        prop_assert!(admitted || case.text.0.contains(&0), "{user:?} was added, and is not let in");
    }
    let broker: SocketAddr = "127.0.0.1:1883".parse().unwrap();
    let of_the_file = users.names().into_iter().map(|user| (user.to_owned(), "p".to_owned()));
    for (user, password) in case.logins.iter().chain(added).cloned().chain(of_the_file) {
        // What the model leaves to the broker can take the broker long.
        let Some(expected) = users.admits(&user, &Password::from(password.as_str())) else {
            tally.count("logins left to the broker");
            continue;
        };
        tally.count(if expected { "logins accepted" } else { "logins refused" });
        let identity = Identity {
            client_id: "c".to_owned(),
            user: Some(user.clone()),
            password: Some(password.clone().into_bytes()),
        };
        let admitted = Client::connect(broker, &identity).is_some();
        prop_assert_eq!(expected, admitted, "{:?} with {:?}", user, password);
    }
    Ok(())
}

/// Hashes of `p` and of `q` (Python's `hashlib`), with salts of 12 and of 64 bytes.
const HASHES: [&str; 6] = [
    "$7$101$AAECAwQFBgcICQoL$7yVtjUk3qGvjO8peqf77MiVMzAk9vGyrIDv0yw9saUbR5EgR6JuQe2xijuP24mmFVMsQbNdEeZUaE9f+s+ogBQ==",
    "$6$AAECAwQFBgcICQoL$JbgXnUzoSuABsimdn+7/6SzRcSWpAUnd1qAjLWmQFWHLXMEijtlo5L/esYdgsMWLm4Nc7TDAUCp8h7MtiltbEQ==",
    "$7$1$AAECAwQFBgcICQoL$DY/DskF7DPySH8/vls0WbICEgI5z3uv5pA7ML/HL1SI/868liRYzDkXtZnWWz22Iu/yG29FKEkPE8PbVZGdFmA==",
    "$7$101$AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw==$90TX59fXIc7EUN3YNgFIEXdxIcucr0523GzDOjKLPy41sx8LmYdf6wOQ96Ipf/+BsWC0VGxw5RbF/PIc9MG8Eg==",
    "$6$AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw==$ACC+D/nqYnu+6YJ7+z2Gmu0mFjhwJdwXg5PpEQgzfWeycMKmGFU1u9Czz3FauqYx/pxeNQ14Mofhbd1PTD4MpQ==",
    "$argon2id$v=19$m=47104,t=1,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaA",
];

fn case() -> impl Strategy<Value = Case> {
    let login = (name(), select(&["p", "p", "p", "p", "q", "q", "", "p\0x", "p ", "\u{1}"][..]));
    let added = (prop_oneof![name(), odd_name()], select(&["p", "", "q\0", "\u{1}", "pässword"][..]));
    let owned = |(user, password): (String, &str)| (user, password.to_owned());
    let added = prop::option::weighted(0.3, added.prop_map(owned));
    let logins = prop::collection::vec(login.prop_map(owned), 1..6);
    (text(), added, logins).prop_map(|(text, added, logins)| Case { text, added, logins })
}

fn text() -> impl Strategy<Value = Bytes> {
    let end = prop_oneof![
        20 => Just("\n"), 1 => Just("\r\n"), 1 => Just(" \t\n"), 1 => Just("\n\n"), 1 => Just(":x\n"), 1 => Just(":\n"),
        1 => Just("\u{b}\n"),
    ];
    let few = prop::collection::vec((line(entry()), end.clone()), 0..6);
    let many = prop::collection::vec((line(entry()), end.clone()), 5..30);
    let one_user = prop::collection::vec((line(Just("u".to_owned())), end), 2..4);
    let last = prop_oneof![6 => Just(Vec::new()), 4 => line(entry()), 1 => long_line()];
    (prop_oneof![6 => few, 1 => many, 1 => one_user], last).prop_map(|(lines, last)| {
        let lines = lines.into_iter().flat_map(|(line, end)| [line, end.into()].concat());
        Bytes(lines.chain(last).collect())
    })
}

/// About as long as the broker's buffer.
fn long_line() -> impl Strategy<Value = Vec<u8>> {
    (252_usize..259, 0..3).prop_map(|(length, kind)| {
        let line = match kind {
            0 => format!("{:x<length$}", "# "),
            1 => format!("{:$<length$}", format!("u:{}", HASHES[0])),
            _ => format!("{:x>length$}", format!(":{}", HASHES[0])),
        };
        line.into_bytes()
    })
}

fn line(user: impl Strategy<Value = String>) -> impl Strategy<Value = Vec<u8>> {
    let user = (user, select(&[":", ":", ":", ":", ":", " :", ": ", "::", "\t:"][..]), field());
    let odd: &'static [&'static [u8]] = &[
        b"#",
        b"# a comment",
        b"# with: a colon",
        b"# \xe4:",
        b" # no comment",
        b"",
        b" ",
        b"u",
        b"u:",
        b":",
        b"::",
        b":u",
        b" : ",
        b"\0",
        b"u\0:$6$",
        b"# a\0b",
        b"\0u:$6$",
        b"\xff:$6$",
        b"u:\0",
        b"u:$6$\0",
    ];
    prop_oneof![
        30 => user.prop_map(|(user, colon, field)| format!("{user}{colon}{field}").into_bytes()),
        3 => select(odd).prop_map(<[u8]>::to_vec),
        1 => long_line(),
    ]
}

/// The names that stand in a file: most of them once.
fn entry() -> impl Strategy<Value = String> {
    prop_oneof![1 => name(), 1 => "[a-t][0-9]"]
}

fn name() -> impl Strategy<Value = String> {
    let usual = select(&["u", "u", "v", "v", "w", "x", "y", "z", "ü", "u v"][..]);
    prop_oneof![8 => usual.prop_map(str::to_owned), 1 => odd_name()]
}

/// What the broker reads otherwise, and what no client can say.
fn odd_name() -> impl Strategy<Value = String> {
    let names = &[
        "", " u", "u ", "u\t", "#u", " #u", "u#", "u\u{1}", "u\u{7f}", "u\u{80}", "\u{fdd0}", "u\u{b}", "u:",
        "U",
    ];
    select(&names[..]).prop_map(str::to_owned)
}

fn field() -> impl Strategy<Value = String> {
    let hash = || prop_oneof![30 => select(&HASHES[..3]), 10 => select(&HASHES[3..5]), 1 => Just(HASHES[5])];
    prop_oneof![
        40 => hash().prop_map(str::to_owned),
        4 => (hash(), prop::collection::vec(change(), 1..3)).prop_map(|(hash, changes)| {
            changes.iter().fold(hash.to_owned(), |hash, change| change.apply(&hash))
        }),
        1 => select(&["", " ", "p", "$", "$$", "$6", "$6$", "$7$", "$7$101", "$7$101$", "$8$101$AAAA$AAAA", "$7$$101", "$argon2id$", "$argon2i$x"][..])
            .prop_map(str::to_owned),
        2 => select(&[("BQ==", "BR=="), ("BQ==", "BQ"), ("BQ==", "BQ==-x"), ("BQ==", "BQ=="), ("gcICQoL", "gcICQoL-x"), ("CQoL", "CQ oL"), ("CQoL", "CQo"), ("CQoL", "CQoLAA")][..])
            .prop_map(|(from, to)| HASHES[0].replacen(from, to, 1)),
        2 => select(&["0", "1", "-1", "+101", " 101", "101x", "x", "4294967397", "4294967296", "99999999999999999999", "-4294967195", "0101"][..])
            .prop_map(|number| HASHES[0].replacen("101", number, 1)),
    ]
}

/// One thing that is different in a hash.
#[derive(Debug, Clone)]
enum Change {
    Delete(Index),
    Insert(Index, char),
    Cut(Index),
    Replace(Index, char),
}

fn change() -> impl Strategy<Value = Change> {
    let character = || select(&[' ', '-', '=', '!', '$', '\t', 'A', '/', '\u{b}', '_'][..]);
    prop_oneof![
        any::<Index>().prop_map(Change::Delete),
        (any::<Index>(), character()).prop_map(|(at, character)| Change::Insert(at, character)),
        any::<Index>().prop_map(Change::Cut),
        (any::<Index>(), character()).prop_map(|(at, character)| Change::Replace(at, character)),
    ]
}

impl Change {
    fn apply(&self, hash: &str) -> String {
        let mut characters: Vec<char> = hash.chars().collect();
        match self {
            _ if characters.is_empty() => {}
            Self::Delete(at) => drop(characters.remove(at.index(characters.len()))),
            Self::Insert(at, character) => characters.insert(at.index(characters.len() + 1), *character),
            Self::Cut(at) => characters.truncate(at.index(characters.len())),
            Self::Replace(at, character) => {
                let at = at.index(characters.len());
                characters[at] = *character;
            }
        }
        characters.into_iter().collect()
    }
}
