use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};

use mosquitto_fixtures::broker::Claim;
use mosquitto_fixtures::pki::mutation::Chain;
/// User and group of the broker in every image.
const MOSQUITTO: u32 = 1883;

/// What a broker finds in the folder that it runs in.
pub(super) struct Files {
    claim: Claim,
}

impl Files {
    pub(super) fn new() -> Self {
        // Nobody but this user enters; the container begins below.
        let files = Self { claim: Claim::new().unwrap() };
        fs::create_dir(files.path()).unwrap();
        set_mode(&files.path(), 0o755);
        files
    }

    /// What the container gets.
    pub(super) fn path(&self) -> PathBuf {
        self.claim.path().join("matrix")
    }

    pub(super) fn claim(&self) -> &Claim {
        &self.claim
    }

    /// A name that no other folder has.
    pub(super) fn name(&self) -> String {
        let name = self.claim.path().file_name().unwrap().to_string_lossy();
        name.rsplit('-').next().unwrap().to_owned()
    }

    pub(super) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        self.write_with_mode(name, content, 0o644);
    }

    /// A private key: for the broker alone where that can be said, else for whoever enters the folder.
    pub(super) fn write_key(&self, name: &str, content: &str) {
        self.write_with_mode(name, content, 0o600);
        let path = self.path().join(name);
        let given = chown(&path, Some(MOSQUITTO), Some(MOSQUITTO)).is_ok();
        set_mode(&path, if given { 0o400 } else { 0o644 });
    }

    /// One that the broker may not read.
    pub(super) fn write_unreadable(&self, name: &str, content: &str) {
        self.write_with_mode(name, content, 0o600);
    }

    pub(super) fn make_folder(&self, name: &str) {
        fs::create_dir(self.path().join(name)).unwrap();
        set_mode(&self.path().join(name), 0o755);
    }

    /// A chain as `ID.crt` and `ID.key`.
    pub(super) fn write_chain(&self, id: &str, chain: &Chain) {
        self.write(&format!("{id}.crt"), chain.served_pem());
        self.write_key(&format!("{id}.key"), chain.key_pem());
    }

    fn write_with_mode(&self, name: &str, content: impl AsRef<[u8]>, mode: u32) {
        let path = self.path().join(name);
        fs::write(&path, content).unwrap();
        set_mode(&path, mode);
    }
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}
