//! A temporary folder that is a deployment, or nearly one.

use std::fs;
use std::path::{Path, PathBuf};

use mosquitto_fixtures::deployment::{Deployment, Error};

/// This repository.
pub(crate) const REPOSITORY: &str = env!("CARGO_MANIFEST_DIR");

/// The configuration that a deployment must have.
pub(crate) const CONFIG: &str = "mosquitto/mosquitto.conf";

/// A folder that is removed with all that is in it.
pub(crate) struct Project {
    root: tempfile::TempDir,
}

impl Project {
    /// With nothing in it.
    pub(crate) fn empty() -> Self {
        Self { root: tempfile::tempdir().unwrap() }
    }

    /// With this text as `mosquitto.conf`, and nothing else.
    pub(crate) fn with_config(text: &str) -> Self {
        let project = Self::empty();
        project.write(CONFIG, text);
        project
    }

    /// A copy of this repository's deployment, without certificates.
    pub(crate) fn of_repository() -> Self {
        let project = Self::empty();
        let files = ["mosquitto/mosquitto.conf", "mosquitto/mosquitto.prod.conf", "mosquitto/acl"];
        for file in
            files.into_iter().chain(["broker-contract.toml", "docker-compose.yml", "docker-compose.prod.yml"])
        {
            project.write(file, fs::read(Path::new(REPOSITORY).join(file)).unwrap());
        }
        project
    }

    /// Replaces a text that must be there, or the mutation would mutate nothing.
    pub(crate) fn replace(self, file: &str, old: &str, new: &str) -> Self {
        let text = self.read(file);
        assert!(text.contains(old), "{file} holds no {old:?}");
        self.write(file, text.replace(old, new));
        self
    }

    pub(crate) fn root(&self) -> &Path {
        self.root.path()
    }

    pub(crate) fn at(&self, path: &str) -> PathBuf {
        self.root().join(path)
    }

    /// The path as an error names it.
    pub(crate) fn named(&self, path: &str) -> String {
        self.at(path).display().to_string()
    }

    pub(crate) fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        fs::create_dir_all(self.at(path).parent().unwrap()).unwrap();
        fs::write(self.at(path), content).unwrap();
    }

    pub(crate) fn make_folder(&self, path: &str) {
        fs::create_dir_all(self.at(path)).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.at(path)).unwrap()
    }

    /// Every file and folder below the root, by path, with its bytes.
    pub(crate) fn tree(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut found = Vec::new();
        let mut folders = vec![self.root().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path.clone());
                }
                let content = fs::read(&path).unwrap_or_default();
                found.push((path, content));
            }
        }
        found.sort();
        found
    }

    pub(crate) fn open(&self) -> Result<Deployment, Error> {
        Deployment::open(self.root())
    }
}
