//! Deployments of kinds that are out there, with names, ports and folders of their own: each keeps what its contract promises,
//! is sound without one, and each mutant of it breaks the clauses that promise otherwise, and no other.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use mosquitto_fixtures::contract::{Outcome, Report, Verification, verify};
use mosquitto_fixtures::deployment::{Certificates, Protection};
use mosquitto_fixtures::pki::{Authority, Password, PasswordFile};
use rstest::rstest;
use tempfile::TempDir;

use crate::deployment_copy::repository;

/// A copy of a deployment of `tests/deployments`, with what is in no repository: keys and passwords.
struct Foreign {
    root: PathBuf,
    _folder: TempDir,
}

impl Foreign {
    fn new(name: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let foreign = Self { root: folder.path().join(name), _folder: folder };
        copy(&repository().join("tests/deployments").join(name), &foreign.root);
        match name {
            "greenhouse" => foreign.greenhouse(),
            _ => foreign,
        }
    }

    /// Certificates, passwords and an ACL file for the broker alone.
    fn greenhouse(self) -> Self {
        let tls = self.root.join("tls");
        fs::create_dir(&tls).unwrap();
        let authority = Authority::new().unwrap();
        let server = authority.issue(&["broker", "greenhouse.example"]).unwrap();
        let password = Password::random();
        let mut passwords = PasswordFile::default();
        passwords.set("climate", &password).unwrap();
        Certificates { authority, server, passwords }.write(&tls).unwrap();
        fs::write(self.root.join(".env"), format!("CLIMATE_PASSWORD={}\n", password.reveal())).unwrap();
        let acl = self.root.join("acl");
        let text = fs::read(&acl).unwrap();
        fs::remove_file(&acl).unwrap();
        Protection::write_secret(&acl, text).unwrap();
        self
    }

    /// Replaces a text that must be there once, or the mutation would mutate nothing. Owner and mode stay.
    fn replace(self, name: &str, old: &str, new: &str) -> Self {
        let path = self.root.join(name);
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text.matches(old).count(), 1, "{name} holds {old:?} once");
        fs::write(path, text.replace(old, new)).unwrap();
        self
    }

    fn without_contract(self) -> Self {
        fs::remove_file(self.root.join("broker-contract.toml")).unwrap();
        self
    }

    async fn verify(&self) -> Report {
        verify(&self.root, &Verification::default(), |_| true, |_| {}).await.unwrap()
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &to),
            // The text alone: of a file for the broker alone, the copy would be for root alone.
            false => fs::write(to, fs::read(entry.path()).unwrap()).unwrap(),
        }
    }
}

/// The clauses with an outcome.
fn ids(report: &Report, outcome: Outcome) -> BTreeSet<&str> {
    report.with(outcome).map(|clause| clause.id.as_ref()).collect()
}

/// The same with what was seen, for whoever reads why a test failed.
fn evidence(report: &Report, outcome: Outcome) -> String {
    let lines = report.with(outcome).map(|clause| format!("{}: {:?}", clause.id, clause.evidence));
    lines.collect::<Vec<_>>().join("\n")
}

/// Whether at least so many clauses hold: a report that judges nothing breaks nothing.
fn assert_judged(report: &Report, least: usize) {
    let held = ids(report, Outcome::Holds);
    let undeclared = ids(report, Outcome::Undeclared);
    assert!(held.len() >= least, "{} hold: {held:?}; undeclared: {undeclared:?}", held.len());
}

#[rstest]
#[case::greenhouse("greenhouse", 59)]
#[case::zigbee("zigbee", 12)]
#[tokio::test]
async fn deployment_keeps_what_it_promises(#[case] name: &str, #[case] held: usize) {
    let report = Foreign::new(name).verify().await;
    assert_eq!(evidence(&report, Outcome::Broken), "");
    assert_eq!(evidence(&report, Outcome::Skipped), "");
    assert_judged(&report, held);
}

/// What is not always sound is neither broken nor skipped: only who lets everybody in is told so, and that no password is looked at.
#[rstest]
#[case::greenhouse("greenhouse", &[], &[], 27)]
#[case::zigbee(
    "zigbee",
    &["access.anonymous-refused"],
    &["access.unknown-user-refused", "access.wrong-password-refused"],
    1,
)]
#[tokio::test]
async fn deployment_without_contract_is_judged_by_what_is_always_sound(
    #[case] name: &str,
    #[case] broken: &[&'static str],
    #[case] skipped: &[&'static str],
    #[case] held: usize,
) {
    let report = Foreign::new(name).without_contract().verify().await;
    let set = |ids: &[&'static str]| ids.iter().copied().collect::<BTreeSet<_>>();
    assert_eq!(ids(&report, Outcome::Broken), set(broken), "{}", evidence(&report, Outcome::Broken));
    assert_eq!(ids(&report, Outcome::Skipped), set(skipped), "{}", evidence(&report, Outcome::Skipped));
    assert!(!ids(&report, Outcome::Undeclared).is_empty());
    assert_judged(&report, held);
}

#[rstest]
#[case::greenhouse_displays_without_acl(
    "greenhouse", "mosquitto.conf",
    "protocol websockets\ncertfile /etc/greenhouse/tls/server.crt\nkeyfile /etc/greenhouse/tls/server.key\n\
     allow_anonymous false\npassword_file /etc/greenhouse/tls/passwd\nacl_file /etc/greenhouse/acl\n",
    "protocol websockets\ncertfile /etc/greenhouse/tls/server.crt\nkeyfile /etc/greenhouse/tls/server.key\n\
     allow_anonymous false\npassword_file /etc/greenhouse/tls/passwd\n",
    &["access.frontend-reads-only", "access.sys-is-the-backends"],
)]
#[case::greenhouse_anonymous_within_the_stack(
    "greenhouse", "mosquitto.conf", "listener 1885\nallow_anonymous false", "listener 1885\nallow_anonymous true",
    &["access.anonymous-refused"],
)]
#[case::greenhouse_publishes_plaintext(
    "greenhouse", "compose.yaml", "\"9002:9002\"", "\"9002:9002\", \"1885:1885\"", &["exposure.prod-only-tls"],
)]
// Mosquitto queues nothing for a client that is away under per_listener_settings (eclipse-mosquitto/mosquitto#2618).
#[case::greenhouse_promises_to_keep_data(
    "greenhouse", "broker-contract.toml", "production = true", "production = true\nkeeps-data = true",
    &["hardening.data-survives"],
)]
#[case::zigbee_listens_elsewhere(
    "zigbee", "mosquitto/mosquitto.conf", "listener 1883", "listener 1884",
    &["listeners.mqtt-answers", "listeners.nothing-else"],
)]
#[case::zigbee_publishes_another_port(
    "zigbee", "compose.yaml", "\"1883:1883\"", "\"1883:1883\"\n      - \"9001:9001\"", &["exposure.dev-ports"],
)]
#[case::zigbee_short_keep_alive(
    "zigbee", "mosquitto/mosquitto.conf", "persistence true", "max_keepalive 30\npersistence true",
    &["listeners.keep-alive-accepted"],
)]
#[tokio::test]
async fn mutant_is_killed(
    #[case] name: &str,
    #[case] file: &str,
    #[case] old: &str,
    #[case] new: &str,
    #[case] clauses: &[&str],
) {
    let report = Foreign::new(name).replace(file, old, new).verify().await;
    let expected: BTreeSet<&str> = clauses.iter().copied().collect();
    assert_eq!(ids(&report, Outcome::Broken), expected, "{}", evidence(&report, Outcome::Broken));
}
