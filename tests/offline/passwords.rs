//! Password hashes and the password file, as Mosquitto reads them.

use std::collections::BTreeSet;

use mosquitto_fixtures::deployment::Line;
use mosquitto_fixtures::pki::{Error, Password, PasswordFault, PasswordFile, PasswordHash};
use rstest::rstest;

fn secret() -> Password {
    "correct horse battery staple".into()
}

#[test]
fn hash_has_mosquittos_form() {
    let text = PasswordHash::new(&secret()).to_string();
    let parts: Vec<&str> = text.split('$').collect();
    let ["", "7", "101", salt, hash] = parts[..] else { panic!("{text}") };
    // Base64 of 12 and of 64 bytes.
    assert_eq!((salt.len(), salt.contains('=')), (16, false));
    assert_eq!((hash.len(), hash.ends_with("==")), (88, true));
}

#[test]
fn every_hash_has_a_salt_of_its_own() {
    let hash = || PasswordHash::new(&secret()).to_string();
    let salts: BTreeSet<String> =
        std::iter::repeat_with(|| hash().split('$').nth(3).unwrap().to_owned()).take(50).collect();
    assert_eq!(salts.len(), 50);
}

/// The first three are Python's `hashlib.pbkdf2_hmac('sha512', password, salt, iterations, 64)` and
/// `hashlib.sha512(password + salt)`, the others what
/// `mosquitto_passwd` of 2.0.21 and 2.1.2 wrote.
#[rstest]
#[case::python(
    "correct horse battery staple",
    "$7$101$AAECAwQFBgcICQoL$cJ75j/0MokIxIQCU/t1k7JBGVfwD3W1st+OyLYF0EzgRLNjRyexylNuHrNThmUCWBWt20yys3R1zS31q5smg/w=="
)]
#[case::python_utf8(
    "pässwörd ☃",
    "$7$101$9PX29/j5+vv8/f7/$zAJ6LVnaln9GtdikLQxov4y3hkW217nDK+aOMCR9eVmd0Lff90MCMGK10ZTu7MhRQNxFGkaInoDrnLOQ0KSl0A=="
)]
#[case::python_sha512(
    "p",
    "$6$AAECAwQFBgcICQoL$JbgXnUzoSuABsimdn+7/6SzRcSWpAUnd1qAjLWmQFWHLXMEijtlo5L/esYdgsMWLm4Nc7TDAUCp8h7MtiltbEQ=="
)]
#[case::mosquitto_2_0(
    "correct horse battery staple",
    "$7$101$AjLRNhWBBSp344sS$uXXFZZhyTFEA061lpYYTj827xSLkFNSGNKarukK2ZqKV6RHc+FPIJLe5IJCxkGBCBh65m5ZHfiyWdRvlesqk0Q=="
)]
#[case::mosquitto_2_1(
    "correct horse battery staple",
    "$7$1000$9avqydksNe45b36OXQD2Emsg+ef7TqFSwXo7EBo+BMS8RdWshJ6dyDZaHNNBICc/fpQp3KAldyEYsnamDb1TLQ==$zb/i/GBtJ5KLZwyZZQ20eRMTmbVYdDw6V7yN2oYSepv0wtQQor7RQuRgv5m8iEirTgGbddh1sLuXIyrAdK9jQA=="
)]
fn hash_made_elsewhere_verifies(#[case] password: &str, #[case] text: &str) {
    let hash = PasswordHash::parse(text.as_bytes(), Line::V2_1).unwrap();
    assert_eq!(hash.verifies(&password.into()), Some(true));
    assert_eq!(hash.verifies(&format!("{password} ").into()), Some(false));
    assert_eq!(hash.to_string(), text);
}

#[rstest]
#[case::another("tr0ub4dor&3")]
#[case::empty("")]
#[case::prefix("correct horse battery stapl")]
#[case::capitals("Correct Horse Battery Staple")]
fn own_hash_refuses_a_wrong_password(#[case] wrong: &str) {
    let hash = PasswordHash::new(&secret());
    assert_eq!(hash.verifies(&secret()), Some(true));
    assert_eq!(hash.verifies(&wrong.into()), Some(false));
}

/// A sound hash with a salt of 12 bytes, in parts.
const SALT: &str = "AAECAwQFBgcICQoL";
const HASH: &str = "cJ75j/0MokIxIQCU/t1k7JBGVfwD3W1st+OyLYF0EzgRLNjRyexylNuHrNThmUCWBWt20yys3R1zS31q5smg/w==";

#[rstest]
#[case::empty("", PasswordFault::Hash)]
#[case::plain_text("$secret", PasswordFault::Algorithm)]
#[case::argon2id("$argon2id$v=19$m=47104,t=1,p=1$c2FsdA$aGFzaA", PasswordFault::Algorithm)]
#[case::no_iterations(&format!("$7$0${SALT}${HASH}"), PasswordFault::Iterations)]
#[case::negative_iterations(&format!("$7$-1${SALT}${HASH}"), PasswordFault::Iterations)]
#[case::iterations_in_words(&format!("$7$many${SALT}${HASH}"), PasswordFault::Iterations)]
#[case::iterations_that_overflow(&format!("$7$4294967296${SALT}${HASH}"), PasswordFault::Iterations)]
#[case::salt(&format!("$7$101$!${HASH}"), PasswordFault::Salt)]
#[case::salt_of_another_length(&format!("$7$101$AAEC${HASH}"), PasswordFault::Salt)]
#[case::hash(&format!("$7$101${SALT}$!"), PasswordFault::Hash)]
#[case::hash_of_another_length(&format!("$7$101${SALT}$cJ75"), PasswordFault::Hash)]
#[case::no_hash(&format!("$7$101${SALT}$"), PasswordFault::Hash)]
fn malformed_hash_is_refused_by_both_lines(#[case] text: &str, #[case] fault: PasswordFault) {
    assert_eq!(
        Line::ALL.map(|line| PasswordHash::parse(text.as_bytes(), line)),
        [Err(fault.clone()), Err(fault)]
    );
}

/// `strtok` skips what is empty, `atoi` reads what it can, and OpenSSL neither blanks nor what is behind a hyphen.
#[rstest]
#[case::empty_parts(&format!("$7$$101$${SALT}$${HASH}$"), [true, true])]
#[case::digits_and_more(&format!("$7$ +101x${SALT}${HASH}"), [true, true])]
#[case::iterations_that_overflow_to_101(&format!("$7$4294967397${SALT}${HASH}"), [true, true])]
#[case::something_behind(&format!("$7$101${SALT}${HASH}$more"), [true, true])]
#[case::blank_in_base64(&format!("$7$101$AAEC AwQFBgcICQoL${HASH}"), [true, true])]
#[case::hyphen_in_base64(&format!("$7$101${SALT}-more${HASH}"), [true, true])]
#[case::no_dollar(&format!("7$101${SALT}${HASH}"), [true, false])]
#[case::two_dollars(&format!("$$7$101${SALT}${HASH}"), [true, false])]
#[case::salt_of_64_bytes(&format!("$7$101${HASH}${HASH}"), [false, true])]
fn oddly_written_hash_is_read_as_the_broker_does(#[case] text: &str, #[case] read: [bool; 2]) {
    assert_eq!(Line::ALL.map(|line| PasswordHash::parse(text.as_bytes(), line).is_ok()), read);
}

#[test]
fn a_million_iterations_are_left_to_the_broker() {
    let hash = |iterations| {
        PasswordHash::parse(format!("$7${iterations}${SALT}${HASH}").as_bytes(), Line::V2_0).unwrap()
    };
    assert_eq!(hash(2_000_000).verifies(&secret()), None);
    assert_eq!(hash(101).verifies(&secret()), Some(true));
}

#[test]
fn file_keeps_the_lines_of_others() {
    let text = "# devices\nplant-7:$6$salt$hash\nplant-8:$argon2id$v=19$x$y$z\n";
    let mut file = PasswordFile::parse(text);
    file.set("backend", &secret()).unwrap();
    let after = String::from_utf8(file.to_bytes()).unwrap();
    let added = after.strip_prefix(text).unwrap();
    let users = file.users(Line::V2_0).unwrap();
    assert_eq!(added, format!("backend:{}\n", users.hash("backend").unwrap()));
}

#[rstest]
#[case::latin_1(b"# G\xe4rtnerei\n")]
#[case::carriage_returns(b"plant-7:x\r\n\r\n")]
#[case::nul(b"# a\0b\n")]
fn bytes_of_others_are_kept(#[case] text: &[u8]) {
    let mut file = PasswordFile::parse(text);
    assert_eq!(file.to_bytes(), text);
    file.set("backend", &secret()).unwrap();
    assert!(file.to_bytes().starts_with(text));
}

#[test]
fn a_latin_1_comment_hides_no_user() {
    let mut file = PasswordFile::parse(b"# G\xe4rtnerei");
    file.set("backend", &secret()).unwrap();
    for line in Line::ALL {
        assert_eq!(file.users(line).unwrap().admits("backend", &secret()), Some(true));
    }
}

/// The broker takes the blanks off, so the second line would be a second `backend`: 2.1 does not start with it.
#[rstest]
#[case::behind("backend :$7$101$old$old\n")]
#[case::before(" backend\t:$7$101$old$old\n")]
#[case::colon_before(":backend:$7$101$old$old\n")]
#[case::without_line_feed("backend:$7$101$old$old")]
fn a_name_is_known_as_the_broker_reads_it(#[case] text: &str) {
    let mut file = PasswordFile::parse(text);
    file.set("backend", &secret()).unwrap();
    assert_eq!(file.users(Line::V2_1).unwrap().names(), ["backend"]);
    assert_eq!(file.to_bytes().iter().filter(|byte| **byte == b'\n').count(), 1);
}

#[test]
fn file_holds_each_user_once() {
    let mut file = PasswordFile::default();
    for password in ["old", "new"] {
        file.set("backend", &password.into()).unwrap();
        file.set("back", &"other".into()).unwrap();
    }
    assert_eq!(file.to_bytes().iter().filter(|byte| **byte == b'\n').count(), 2);
    let users = file.users(Line::V2_1).unwrap();
    assert_eq!(users.admits("backend", &"new".into()), Some(true));
    assert_eq!(users.admits("backend", &"old".into()), Some(false));
    assert_eq!(users.admits("back", &"other".into()), Some(true));
}

#[test]
fn file_read_back_is_the_same() {
    let mut file = PasswordFile::default();
    for user in ["backend", "ünïcode", "with blank", &"x".repeat(65_535)] {
        file.set(user, &secret()).unwrap();
        let users = PasswordFile::parse(file.to_bytes()).users(Line::V2_1).unwrap();
        assert_eq!(users.admits(user, &secret()), Some(true));
    }
    assert_eq!(PasswordFile::parse(file.to_bytes()).to_bytes(), file.to_bytes());
    assert_eq!(file.users(Line::V2_0).unwrap().hash("nobody"), None);
}

/// Ten thousand users that are already there, each given a new password: a search through the lines for each takes minutes.
#[test]
fn ten_thousand_users_are_set_in_one_go() {
    let text: String = (0..10_000).map(|number| format!("device-{number}:{}\n", "x".repeat(1_000))).collect();
    let mut file = PasswordFile::parse(text);
    for number in 0..10_000 {
        file.set(&format!("device-{number}"), &"secret".into()).unwrap();
    }
    assert_eq!(file.users(Line::V2_1).unwrap().names().len(), 10_000);
}

/// What is wrong with a file, and at which line: 2.0 leaves out the user, 2.1 does not start.
#[rstest]
#[case::twice("a:HASH\nb:HASH\na :HASH\n", &["a", "b"], 3, PasswordFault::Twice("a".to_owned()))]
#[case::no_name("a:HASH\n :HASH\n", &["", "a"], 2, PasswordFault::NoName)]
#[case::no_hash("a:HASH\nb:", &["a"], 2, PasswordFault::NoHash)]
#[case::blank_hash("a:HASH\n# b\nb:\n", &["a"], 3, PasswordFault::Hash)]
#[case::plain_text("a:secret\n", &[], 1, PasswordFault::Hash)]
#[case::argon2id("a:$argon2id$v=19$m=47104,t=1,p=1$c2FsdA$aGFzaA\n", &[], 1, PasswordFault::Algorithm)]
#[case::long_name(&format!("{}:HASH\n", "x".repeat(65_536)), &[], 1, PasswordFault::LongName)]
fn what_2_1_does_not_start_with_2_0_leaves_out(
    #[case] text: &str,
    #[case] names: &[&str],
    #[case] number: usize,
    #[case] fault: PasswordFault,
) {
    let file = PasswordFile::parse(text.replace("HASH", &format!("$7$101${SALT}${HASH}")));
    assert_eq!(file.users(Line::V2_0).unwrap().names(), names);
    let refusal = file.users(Line::V2_1).unwrap_err();
    assert_eq!((refusal.line, &refusal.fault), (number, &fault));
    assert!(refusal.to_string().contains(&format!("line {number}")), "{refusal}");
}

#[rstest]
#[case::comment("# a:HASH\n")]
#[case::no_colon("a\n\n \n")]
#[case::nul_first("\0a:HASH\n")]
fn a_line_that_names_nobody_is_passed_over(#[case] text: &str) {
    let file = PasswordFile::parse(format!("{text}u:$7$101${SALT}${HASH}\n"));
    assert_eq!(
        Line::ALL.map(|line| file.users(line).map(|users| users.names() == ["u"])),
        [Ok(true), Ok(true)]
    );
}

/// What the blank before it keeps from being a comment, and nobody could add.
#[test]
fn a_name_that_begins_with_a_hash_sign_is_one_behind_a_blank() {
    let file = PasswordFile::parse(format!(" #u:{}\n", PasswordHash::new(&secret())));
    for line in Line::ALL {
        assert_eq!(file.users(line).unwrap().admits("#u", &secret()), Some(true));
    }
}

#[test]
fn of_a_name_that_2_0_finds_twice_the_last_readable_line_counts() {
    let text =
        format!("u:{}\nu:{}\nu:none\n", PasswordHash::new(&"old".into()), PasswordHash::new(&"new".into()));
    let users = PasswordFile::parse(text).users(Line::V2_0).unwrap();
    assert_eq!(users.admits("u", &"new".into()), Some(true));
    assert_eq!(users.admits("u", &"old".into()), Some(false));
}

/// uthash makes its table anew when a bucket is full, and the order in it may turn.
#[test]
fn of_a_name_that_2_0_finds_twice_among_many_nobody_knows_which_counts() {
    let hash = |password: &str| PasswordHash::new(&password.into());
    let mut text: String = (0..8).map(|number| format!("device-{number}:x\n")).collect();
    text.push_str(&format!("u:{}\nu:{}\n", hash("old"), hash("new")));
    let users = PasswordFile::parse(text).users(Line::V2_0).unwrap();
    assert_eq!(users.admits("u", &"new".into()), None);
    assert_eq!(users.admits("u", &"neither".into()), Some(false));
}

/// 2.0 reads on behind a NUL until the file ends, as if it were one line; 2.1 passes over the line.
#[test]
fn a_nul_hides_what_follows_from_2_0() {
    let file = PasswordFile::parse(format!("a\0:x\nu:$7$101${SALT}${HASH}\n"));
    assert_eq!(file.users(Line::V2_0).unwrap().names(), [""; 0]);
    assert_eq!(file.users(Line::V2_1).unwrap().names(), ["u"]);
}

/// The reader's buffer has 256 bytes, one of them for the NUL; what just fills it is not taken for the last line.
#[rstest]
#[case::fills_it(255, &[])]
#[case::one_less(254, &["u"])]
#[case::one_more(256, &["u"])]
#[case::fills_it_grown(1255, &[])]
fn a_last_line_that_just_fills_the_buffer_is_lost(#[case] length: usize, #[case] names: &[&str]) {
    let file = PasswordFile::parse(format!("{:x<length$}", format!("u:$7$101${SALT}${HASH}$")));
    for line in Line::ALL {
        assert_eq!(file.users(line).unwrap().names(), names);
    }
}

/// Mosquitto takes `#` for a comment, and blanks at the ends of a name off (`pwfile__parse`); a client that says a
/// control character or a noncharacter is not heard (`mosquitto_validate_utf8`).
#[rstest]
#[case::empty("")]
#[case::colon("back:end")]
#[case::line_feed("back\nend")]
#[case::carriage_return("backend\r")]
#[case::nul("back\0end")]
#[case::comment("#backend")]
#[case::leading_blank(" backend")]
#[case::trailing_blank("backend\t")]
#[case::vertical_tab("\u{b}backend")]
#[case::control_character("back\u{1}end")]
#[case::second_control_block("back\u{85}end")]
#[case::noncharacter("back\u{fdd0}end")]
#[case::noncharacter_of_a_plane("back\u{1ffff}end")]
#[case::too_long(&"x".repeat(65_536))]
fn name_that_no_broker_admits_is_refused(#[case] name: &str) {
    let mut file = PasswordFile::parse("plant-7:$6$salt$hash\n");
    let error = file.set(name, &secret()).unwrap_err();
    assert!(matches!(&error, Error::UserName(refused) if refused == name), "{error}");
    assert_eq!(file.to_bytes(), b"plant-7:$6$salt$hash\n");
}

/// The broker takes an empty password for none, and reads none beyond a NUL.
#[rstest]
#[case::empty("", false)]
#[case::nul("secret\0", false)]
#[case::too_long(&"x".repeat(65_536), false)]
#[case::as_long_as_can_be(&"x".repeat(65_535), true)]
#[case::control_characters("\u{1}\n", true)]
fn password_that_no_broker_admits_is_refused(#[case] password: &str, #[case] taken: bool) {
    let mut file = PasswordFile::default();
    let outcome = file.set("backend", &password.into());
    assert_eq!(outcome.is_ok(), taken);
    if let Err(error) = outcome {
        assert!(matches!(&error, Error::Password(user) if user == "backend"), "{error}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}

#[test]
fn random_passwords_differ_and_need_no_quoting() {
    let passwords: BTreeSet<String> =
        std::iter::repeat_with(|| Password::random().reveal().to_owned()).take(50).collect();
    assert_eq!(passwords.len(), 50);
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    assert!(passwords.iter().all(|password| password.len() == 32 && password.chars().all(plain)));
}

#[test]
fn debug_does_not_show_a_password() {
    let password = secret();
    let shown = format!("{password:?} {password:#?} {:?}", Some(&password));
    assert!(!shown.contains("horse"), "{shown}");
}
