//! Password hashes and the password file, as Mosquitto reads them.

use std::collections::BTreeSet;

use mosquitto_fixtures::pki::{Error, Password, PasswordFile, PasswordHash};
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

/// The first two are Python's `hashlib.pbkdf2_hmac('sha512', password, salt, iterations, 64)`, the others what
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
#[case::mosquitto_2_0(
    "correct horse battery staple",
    "$7$101$AjLRNhWBBSp344sS$uXXFZZhyTFEA061lpYYTj827xSLkFNSGNKarukK2ZqKV6RHc+FPIJLe5IJCxkGBCBh65m5ZHfiyWdRvlesqk0Q=="
)]
#[case::mosquitto_2_1(
    "correct horse battery staple",
    "$7$1000$9avqydksNe45b36OXQD2Emsg+ef7TqFSwXo7EBo+BMS8RdWshJ6dyDZaHNNBICc/fpQp3KAldyEYsnamDb1TLQ==$zb/i/GBtJ5KLZwyZZQ20eRMTmbVYdDw6V7yN2oYSepv0wtQQor7RQuRgv5m8iEirTgGbddh1sLuXIyrAdK9jQA=="
)]
fn hash_made_elsewhere_verifies(#[case] password: &str, #[case] text: &str) {
    let hash: PasswordHash = text.parse().unwrap();
    assert!(hash.verifies(&password.into()));
    assert!(!hash.verifies(&format!("{password} ").into()));
    assert_eq!(hash.to_string(), text);
}

#[rstest]
#[case::another("tr0ub4dor&3")]
#[case::empty("")]
#[case::prefix("correct horse battery stapl")]
#[case::capitals("Correct Horse Battery Staple")]
fn own_hash_refuses_a_wrong_password(#[case] wrong: &str) {
    let hash = PasswordHash::new(&secret());
    assert!(hash.verifies(&secret()));
    assert!(!hash.verifies(&wrong.into()));
}

#[rstest]
#[case::empty("", "not of the form")]
#[case::plain_text("secret", "not of the form")]
#[case::sha512("$6$AAECAwQFBgcICQoL$cJ75", "not of the form")]
#[case::argon2id("$argon2id$v=19$m=47104,t=1,p=1$c2FsdA$aGFzaA", "not of the form")]
#[case::one_part_more("$7$101$AAEC$cJ75$", "not of the form")]
#[case::no_iterations("$7$0$AAECAwQFBgcICQoL$cJ75", "iterations are not a number")]
#[case::iterations_in_words("$7$many$AAECAwQFBgcICQoL$cJ75", "iterations are not a number")]
#[case::salt("$7$101$!$cJ75", "salt is not base64")]
#[case::hash("$7$101$AAECAwQFBgcICQoL$!", "hash is not base64")]
#[case::hash_of_another_length("$7$101$AAECAwQFBgcICQoL$cJ75", "hash is not 64 bytes long")]
#[case::no_hash("$7$101$AAECAwQFBgcICQoL$", "hash is not 64 bytes long")]
fn malformed_hash_is_refused(#[case] text: &str, #[case] cause: &str) {
    let error = text.parse::<PasswordHash>().unwrap_err();
    assert!(error.to_string().contains(cause), "{error}");
}

#[test]
fn file_keeps_the_lines_of_others() {
    let text = "# devices\nplant-7:$6$salt$hash\nplant-8:$argon2id$v=19$x$y$z\n";
    let mut file = PasswordFile::parse(text);
    file.set("backend", &secret()).unwrap();
    let after = file.to_string();
    let added = after.strip_prefix(text).unwrap();
    assert_eq!(added, format!("backend:{}\n", file.hash("backend").unwrap()));
}

#[test]
fn file_holds_each_user_once() {
    let mut file = PasswordFile::default();
    for password in ["old", "new"] {
        file.set("backend", &password.into()).unwrap();
        file.set("back", &"other".into()).unwrap();
    }
    assert_eq!(file.to_string().lines().count(), 2);
    assert!(file.hash("backend").unwrap().verifies(&"new".into()));
    assert!(!file.hash("backend").unwrap().verifies(&"old".into()));
    assert!(file.hash("back").unwrap().verifies(&"other".into()));
}

#[test]
fn file_read_back_is_the_same() {
    let mut file = PasswordFile::default();
    for user in ["backend", "ünïcode", "with blank", &"x".repeat(65_535)] {
        file.set(user, &secret()).unwrap();
        assert!(PasswordFile::parse(&file.to_string()).hash(user).unwrap().verifies(&secret()));
    }
    assert_eq!(PasswordFile::parse(&file.to_string()).to_string(), file.to_string());
    assert_eq!(file.hash("nobody"), None);
}

/// Mosquitto takes `#` for a comment, and blanks at the ends of a name off (`pwfile__parse`).
#[rstest]
#[case::empty("")]
#[case::colon("back:end")]
#[case::line_feed("back\nend")]
#[case::carriage_return("backend\r")]
#[case::nul("back\0end")]
#[case::comment("#backend")]
#[case::leading_blank(" backend")]
#[case::trailing_blank("backend\t")]
#[case::too_long(&"x".repeat(65_536))]
fn name_that_mosquitto_cannot_read_back_is_refused(#[case] name: &str) {
    let mut file = PasswordFile::parse("plant-7:$6$salt$hash\n");
    let error = file.set(name, &secret()).unwrap_err();
    assert!(matches!(&error, Error::UserName(refused) if refused == name), "{error}");
    assert_eq!(file.to_string(), "plant-7:$6$salt$hash\n");
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
