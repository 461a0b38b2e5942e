//! A copy of this repository's deployment that a test may break.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use mosquitto_fixtures::broker::Line;
use mosquitto_fixtures::contract::{Clause, Report, Verification, verify};
use mosquitto_fixtures::deployment::Certificates;
use mosquitto_fixtures::pki::mutation::Mutation;
use mosquitto_fixtures::pki::{Authority, Password, PasswordFile};
use tempfile::TempDir;

/// The broker's configuration in production.
const PRODUCTION: &str = "mosquitto/mosquitto.prod.conf";

pub(crate) struct DeploymentCopy {
    root: PathBuf,
    _folder: TempDir,
}

/// The root of this repository, wherever the tests were built.
pub(crate) fn repository() -> PathBuf {
    std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| ".".into(), PathBuf::from)
}

/// Whether a copy, which has no Compose files, can hold it.
pub(crate) fn is_about_the_broker(clause: &Clause) -> bool {
    let of_compose = ["exposure.", "hardening.", "permissions.mounted-read-only"];
    !of_compose.iter().any(|group| clause.id.starts_with(group))
}

/// Whether this process may give files away.
pub(crate) fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

impl DeploymentCopy {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let copy = Self { root: folder.path().join("plantops"), _folder: folder };
        for name in ["broker-contract.toml", "mosquitto/mosquitto.conf", "mosquitto/acl"] {
            let to = copy.path(name);
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            // The text alone: of a file for the broker alone, the copy would be for root alone.
            fs::write(to, fs::read(repository().join(name)).unwrap()).unwrap();
        }
        copy
    }

    /// The same, with the Compose files and the configuration of production.
    pub(crate) fn with_compose() -> Self {
        let copy = Self::new();
        for name in ["docker-compose.yml", "docker-compose.prod.yml", PRODUCTION] {
            fs::copy(repository().join(name), copy.path(name)).unwrap();
        }
        copy
    }

    /// A folder of the same name in every copy, as clones have.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// Replaces a text that must be there, or the mutation would mutate nothing.
    pub(crate) fn replace(self, name: &str, old: &str, new: &str) -> Self {
        let text = fs::read_to_string(self.path(name)).unwrap();
        assert!(text.contains(old), "{name} holds no {old:?}");
        fs::write(self.path(name), text.replace(old, new)).unwrap();
        self
    }

    pub(crate) fn config(self, old: &str, new: &str) -> Self {
        self.replace("mosquitto/mosquitto.conf", old, new)
    }

    pub(crate) fn production(self, old: &str, new: &str) -> Self {
        self.replace(PRODUCTION, old, new)
    }

    pub(crate) fn acl(self, old: &str, new: &str) -> Self {
        self.replace("mosquitto/acl", old, new)
    }

    /// Certificates of the deployment's own for these names, with the backend's password in `.env`.
    pub(crate) fn certificates(self, names: &[&str]) -> Self {
        let authority = Authority::new().unwrap();
        let server = authority.issue(names).unwrap();
        let password = Password::random();
        let mut passwords = PasswordFile::default();
        passwords.set("backend", &password).unwrap();
        fs::create_dir_all(self.path("certs")).unwrap();
        Certificates { authority, server, passwords }.write(&self.path("certs")).unwrap();
        fs::write(self.path(".env"), format!("MQTT_BACKEND_PASSWORD={}\n", password.reveal())).unwrap();
        self
    }

    /// A chain of the catalogue in the place of certificates of its own. None of them is for `mosquitto`.
    pub(crate) fn chain(self, id: &str) -> Self {
        let chain = Mutation::find(id).unwrap().build().unwrap();
        self.certificates(&["localhost"])
            .overwrite("certs/server.crt", &chain.served_pem())
            .overwrite("certs/server.key", chain.key_pem())
            .overwrite("certs/ca.crt", &chain.anchors_pem())
    }

    /// Puts another text in the place of a certificate file, readable as the old one was.
    pub(crate) fn overwrite(self, name: &str, text: &str) -> Self {
        let path = self.path(name);
        let permissions = fs::metadata(&path).unwrap().permissions();
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, permissions).unwrap();
        self
    }

    /// Every clause of production.
    pub(crate) async fn verify_production(&self, line: Line) -> Report {
        self.verify_composed("prod", line, |_| true).await
    }

    /// Every clause of production but the one whose check takes the stack down and up.
    pub(crate) async fn verify_production_once(&self, line: Line) -> Report {
        self.verify_composed("prod", line, |clause| clause.id != "hardening.data-survives").await
    }

    /// Every clause of production but those whose checks start a container more.
    pub(crate) async fn verify_production_alone(&self, line: Line) -> Report {
        let more = ["exposure.network-reaches-only-tls", "hardening.health-check-verifies"];
        self.verify_composed("prod", line, |clause| !more.contains(&clause.id)).await
    }

    /// The clauses of a profile, as Compose starts it, that take one container: all but those on network, health check
    /// and data.
    pub(crate) async fn verify_files(&self, profile: &str, line: Line) -> Report {
        let more = ["exposure.", "hardening."];
        self.verify_composed(profile, line, |clause| !more.iter().any(|group| clause.id.starts_with(group)))
            .await
    }

    async fn verify_composed(&self, profile: &str, line: Line, clauses: impl Fn(&Clause) -> bool) -> Report {
        let verification =
            Verification { profile: Some(profile.to_owned()), line: Some(line), ..Verification::default() };
        verify(self.root(), &verification, clauses, |_| {}).await.unwrap()
    }

    pub(crate) async fn verify(&self) -> Report {
        self.verify_only(is_about_the_broker).await
    }

    /// Some clauses of development.
    pub(crate) async fn verify_only(&self, clauses: impl Fn(&Clause) -> bool) -> Report {
        let verification = Verification { profile: Some("dev".to_owned()), ..Verification::default() };
        verify(self.root(), &verification, clauses, |_| {}).await.unwrap()
    }
}
