//! A copy of this repository's deployment that a test may break.

use std::fs;
use std::path::{Path, PathBuf};

use mosquitto_fixtures::contract::{CLAUSES, Clause, Report, Verification, verify};
use mosquitto_fixtures::deployment::{Certificates, Deployment};
use mosquitto_fixtures::pki::{Authority, Password, PasswordFile};
use tempfile::TempDir;

pub(crate) struct DeploymentCopy {
    folder: TempDir,
}

/// The root of this repository, wherever the tests were built.
pub(crate) fn repository() -> PathBuf {
    std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| ".".into(), PathBuf::from)
}

/// Whether a copy, which has no Compose files, can hold it.
fn is_about_the_broker(clause: &Clause) -> bool {
    !clause.id.starts_with("exposure.")
}

/// How many clauses that are.
pub(crate) fn broker_clauses() -> usize {
    CLAUSES.iter().filter(|clause| is_about_the_broker(clause)).count()
}

impl DeploymentCopy {
    pub(crate) fn new() -> Self {
        let copy = Self { folder: tempfile::tempdir().unwrap() };
        for name in ["mosquitto/mosquitto.conf", "mosquitto/acl"] {
            let to = copy.path(name);
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            // The text alone: of a file for the broker alone, the copy would be for root alone.
            fs::write(to, fs::read(repository().join(name)).unwrap()).unwrap();
        }
        copy
    }

    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
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

    /// Puts another text in the place of a certificate file, readable as the old one was.
    pub(crate) fn overwrite(self, name: &str, text: &str) -> Self {
        let path = self.path(name);
        let permissions = fs::metadata(&path).unwrap().permissions();
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, permissions).unwrap();
        self
    }

    pub(crate) async fn verify(&self) -> Report {
        let deployment = Deployment::open(self.root()).unwrap();
        verify(&deployment, &Verification::default(), is_about_the_broker, |_| {}).await.unwrap()
    }
}
