//! Deployments of kinds that are out there, with names, ports and folders of their own: each keeps what its contract promises,
//! is sound without one, and each mutant of it breaks the clauses that promise otherwise, and no other.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
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
            "certbot" => foreign.certbot(),
            "greenhouse" => foreign.greenhouse(),
            "layers" => foreign.layers(),
            "plain-folder" => foreign.plain_folder(),
            _ => foreign,
        }
    }

    /// What certbot leaves behind after one renewal.
    fn certbot(self) -> Self {
        let letsencrypt = self.root.join("letsencrypt");
        let (live, archive) =
            (letsencrypt.join("live/mqtt.example.org"), letsencrypt.join("archive/mqtt.example.org"));
        fs::create_dir_all(&live).unwrap();
        fs::create_dir_all(&archive).unwrap();
        let authority = Authority::new().unwrap();
        let server = authority.issue(&["mqtt.example.org"]).unwrap();
        fs::write(archive.join("cert2.pem"), server.certificate_pem()).unwrap();
        fs::write(archive.join("chain2.pem"), authority.certificate_pem()).unwrap();
        fs::write(archive.join("fullchain2.pem"), server.certificate_pem()).unwrap();
        Protection::write_secret(&archive.join("privkey2.pem"), server.key_pem()).unwrap();
        for name in ["cert", "chain", "fullchain", "privkey"] {
            let target = format!("../../archive/mqtt.example.org/{name}2.pem");
            symlink(target, live.join(format!("{name}.pem"))).unwrap();
        }
        self.passwords("mosquitto/passwd", "phone")
    }

    /// Chain, key and passwords beside the configuration.
    fn layers(self) -> Self {
        let server = Authority::new().unwrap().issue(&["mqtt.site.example"]).unwrap();
        fs::write(self.root.join("broker/chain.pem"), server.certificate_pem()).unwrap();
        Protection::write_secret(&self.root.join("broker/key.pem"), server.key_pem()).unwrap();
        self.passwords("broker/passwords", "meter")
    }

    fn plain_folder(self) -> Self {
        self.passwords("mosquitto/passwd", "workshop")
    }

    /// A password file with one user, whose password is in `.env`.
    fn passwords(self, name: &str, user: &str) -> Self {
        let password = Password::random();
        let mut passwords = PasswordFile::default();
        passwords.set(user, &password).unwrap();
        Protection::write_secret(&self.root.join(name), passwords.to_bytes()).unwrap();
        let line = format!("{}_PASSWORD={}\n", user.to_uppercase(), password.reveal());
        fs::write(self.root.join(".env"), line).unwrap();
        self
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
    report.with(outcome).map(|clause| clause.id).collect()
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
#[case::certbot("certbot", 28)]
#[case::greenhouse("greenhouse", 59)]
#[case::layers("layers", 32)]
#[case::plain_folder("plain-folder", 20)]
#[case::zigbee("zigbee", 12)]
#[tokio::test]
async fn deployment_keeps_what_it_promises(#[case] name: &str, #[case] held: usize) {
    let report = Foreign::new(name).verify().await;
    assert_eq!(evidence(&report, Outcome::Broken), "");
    assert_eq!(evidence(&report, Outcome::Skipped), "");
    assert_judged(&report, held);
}

/// Nothing is broken or skipped, but where everybody is let in: there no password is looked at.
#[rstest]
#[case::certbot("certbot", &[], &[], 26)]
#[case::greenhouse("greenhouse", &[], &[], 27)]
#[case::layers("layers", &[], &[], 26)]
#[case::plain_folder("plain-folder", &[], &[], 8)]
#[case::zigbee(
    "zigbee",
    &["access.anonymous-refused"],
    &["access.unknown-user-refused", "access.wrong-password-refused"],
    10,
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
#[case::certbot_lets_anybody_in(
    "certbot", "mosquitto/mosquitto.conf", "allow_anonymous false", "allow_anonymous true", &["access.anonymous-refused"],
)]
#[case::certbot_publishes_another_port(
    "certbot", "compose.yaml", "\"8883:8883\"", "\"8883:8883\"\n      - \"1883:1883\"", &["exposure.dev-ports"],
)]
#[case::certbot_speaks_tls_1_3_alone(
    "certbot", "mosquitto/mosquitto.conf", "listener 8883", "listener 8883\ntls_version tlsv1.3",
    &["tls.current-versions-accepted"],
)]
#[case::layers_publish_a_port_where_nothing_listens(
    "layers", "compose.site.yaml", "48883:8883", "48883:1883", &["exposure.dev-ports", "listeners.tls-answers"],
)]
#[case::layers_let_anybody_in(
    "layers", "broker/mosquitto.conf", "allow_anonymous false", "allow_anonymous true", &["access.anonymous-refused"],
)]
#[case::layers_short_keep_alive(
    "layers", "broker/mosquitto.conf", "log_dest stdout", "log_dest stdout\nmax_keepalive 120",
    &["listeners.keep-alive-accepted"],
)]
#[case::plain_folder_listens_elsewhere(
    "plain-folder", "mosquitto/conf.d/20-listeners.conf", "8080", "8081",
    &["listeners.nothing-else", "listeners.websocket-answers"],
)]
#[case::plain_folder_machines_publish_for_others(
    "plain-folder", "mosquitto/acl", "pattern write machines/%u/state", "pattern write machines/#",
    &["access.device-publish-confined"],
)]
#[case::plain_folder_short_queue(
    "plain-folder", "mosquitto/mosquitto.conf", "log_dest stdout", "log_dest stdout\nmax_queued_messages 50",
    &["listeners.queue-has-room"],
)]
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
