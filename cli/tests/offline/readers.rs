//! Who may read what `certs` made, asked of the kernel: each reader is a process of that user.

use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use mosquitto_fixtures::deployment::{Ownership, Reader};
use rstest::rstest;

const PROGRAM: &str = env!("CARGO_BIN_EXE_mosquitto-fixtures");
pub(crate) const OWNER: u32 = 12_345;
const SECRETS: [&str; 2] = ["certs/server.key", "certs/passwd"];

/// A folder that everybody may enter, with a deployment, all of it this user's.
pub(crate) fn folder_of(uid: u32) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::create_dir(path("mosquitto")).unwrap();
    std::fs::write(path("mosquitto/mosquitto.conf"), "acl_file /mosquitto/config/acl\nlistener 1883\n")
        .unwrap();
    std::fs::write(path("mosquitto/acl"), "topic readwrite #\n").unwrap();
    std::fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    for name in ["", "mosquitto", "mosquitto/acl"] {
        chown(path(name), Some(uid), Some(uid)).unwrap();
    }
    folder
}

/// What a command run in this folder by this user says, when it ends well.
fn run_as(uid: u32, folder: &Path, program: &str, argument: &str) -> Option<String> {
    let mut command = Command::new(program);
    let output = command.arg(argument).current_dir(folder).uid(uid).gid(uid).output().unwrap();
    output.status.success().then(|| String::from_utf8(output.stdout).unwrap())
}

/// Root alone can become another user.
pub(crate) fn is_root() -> bool {
    let root = rustix::process::geteuid().is_root();
    if !root {
        eprintln!("only root can become another user: what other users may read is not checked");
    }
    root
}

#[test]
fn an_ordinary_user_makes_a_key_that_the_broker_may_read_and_nobody_else() {
    if !is_root() {
        let folder = tempfile::tempdir().unwrap();
        let own = Command::new(PROGRAM).arg("certs").current_dir(folder.path()).output().unwrap();
        let key = Ownership::of(&folder.path().join(SECRETS[0])).unwrap();
        let may = |uid| Reader { uid, gid: uid }.may_read(&key);
        assert!(own.status.success() && may(1883) && !may(54_321));
        return;
    }
    let folder = folder_of(OWNER);
    let said = run_as(OWNER, folder.path(), PROGRAM, "certs").unwrap();
    assert!(
        said.contains("key and password file: an access list lets the broker's user 1883 read"),
        "{said}"
    );
    assert!(!said.contains("ACL file"), "{said}");
    for secret in SECRETS {
        let read_by = |uid| run_as(uid, folder.path(), "cat", secret).is_some();
        assert_eq!([OWNER, 1883, 54_321].map(read_by), [true, true, false], "{secret}");
        let ownership = Ownership::of(&folder.path().join(secret)).unwrap();
        assert_eq!(ownership.to_string(), format!("{OWNER}:{OWNER} 0640+"), "{secret}");
    }
    let acl = Ownership::of(&folder.path().join("mosquitto/acl")).unwrap();
    assert_eq!((acl.uid, acl.mode), (OWNER, 0o644));
}

#[rstest]
#[case::in_its_own_folder(0)]
#[case::in_the_folder_of_a_user(OWNER)]
fn root_makes_a_key_and_an_acl_file_that_the_broker_may_read_and_nobody_else(#[case] owner: u32) {
    if !is_root() {
        return;
    }
    let folder = folder_of(owner);
    let said = run_as(0, folder.path(), PROGRAM, "certs").unwrap();
    let owner = "owner 1883 (the broker's user), mode 0400";
    assert!(said.contains(&format!("key and password file: {owner}\n")), "{said}");
    assert!(said.contains(&format!("/mosquitto/acl: {owner}\n")), "{said}");
    for file in [&SECRETS[..], &["mosquitto/acl"]].concat() {
        let read_by = |uid| run_as(uid, folder.path(), "cat", file).is_some();
        assert_eq!([1883, 54_321].map(read_by), [true, false], "{file}");
    }
}

/// `ramfs` has none, and lives in a mount namespace that ends with the shell.
#[test]
fn without_access_lists_an_ordinary_users_key_lies_in_a_private_folder() {
    if !is_root() {
        return;
    }
    let script = "mount -t ramfs -o mode=755 ramfs . && cd \"$PWD\" && chown 12345:12345 . && \
                  setpriv --reuid 12345 --regid 12345 --clear-groups \"$0\" certs && stat -c '%u %a' certs certs/server.key";
    let folder = folder_of(OWNER);
    let mut command = Command::new("unshare");
    command.args(["--mount", "sh", "-c", script, PROGRAM]).current_dir(folder.path());
    let output = command.output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        said.contains("mode 0644 in a folder of mode 0700: this file system has no access lists"),
        "{said}"
    );
    assert!(said.ends_with("\n12345 700\n12345 644\n"), "{said}");
}

/// A mount point cannot be replaced: the last step of all fails.
#[test]
fn an_install_that_fails_at_its_end_leaves_all_as_it_was() {
    let folder =
        if rustix::process::geteuid().is_root() { folder_of(0) } else { tempfile::tempdir().unwrap() };
    std::fs::write(folder.path().join(".env"), "OTHER=kept\n").unwrap();
    let user: &[&str] =
        if rustix::process::geteuid().is_root() { &[] } else { &["--user", "--map-root-user"] };
    let script = "mount --bind .env .env && exec \"$0\" certs";
    let mut command = Command::new("unshare");
    command.args(user).args(["--mount", "sh", "-c", script, PROGRAM]).current_dir(folder.path());
    let output = command.output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(error.contains(".env: Device or resource busy"), "{error}");
    assert_eq!(std::fs::read_dir(folder.path().join("certs")).unwrap().count(), 0);
    if let Ok(acl) = Ownership::of(&folder.path().join("mosquitto/acl")) {
        assert_eq!((acl.uid, acl.mode), (0, 0o644));
    }
}
