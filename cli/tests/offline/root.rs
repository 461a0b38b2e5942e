//! `certs` called by root in a folder of an ordinary user's: what is his stays his, and what is root's stays root's.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::Path;
use std::process::Command;

use rstest::rstest;

use crate::readers::{OWNER, folder_of, is_root};

/// Standard output, or what it complains of.
fn certs(folder: &Path, arguments: &[&str]) -> Result<String, String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mosquitto-fixtures"));
    let output = command.arg("certs").args(arguments).current_dir(folder).env_clear().output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
}

fn owner_and_mode(path: &Path) -> (u32, u32, u32) {
    let metadata = fs::symlink_metadata(path).unwrap();
    (metadata.uid(), metadata.gid(), metadata.mode() & 0o7777)
}

/// A file of root's that nobody else may read.
fn secret(folder: &Path) -> std::path::PathBuf {
    let secret = folder.join("secret");
    fs::write(&secret, "root's:own\n").unwrap();
    fs::set_permissions(&secret, Permissions::from_mode(0o600)).unwrap();
    secret
}

#[rstest]
#[case::readable(0o640)]
#[case::private(0o600)]
fn dot_env_stays_its_owners(#[case] mode: u32) {
    if !is_root() {
        return;
    }
    let folder = folder_of(OWNER);
    let file = folder.path().join(".env");
    fs::write(&file, "OTHER=kept").unwrap();
    fs::set_permissions(&file, Permissions::from_mode(mode)).unwrap();
    chown(&file, Some(OWNER), Some(OWNER)).unwrap();
    certs(folder.path(), &[]).unwrap();
    assert_eq!(owner_and_mode(&file), (OWNER, OWNER, mode));
    let text = fs::read_to_string(file).unwrap();
    assert!(text.starts_with("OTHER=kept\nMQTT_BACKEND_PASSWORD="), "{text}");
}

#[test]
fn new_dot_env_is_the_folders_owners() {
    if !is_root() {
        return;
    }
    let folder = folder_of(OWNER);
    certs(folder.path(), &[]).unwrap();
    assert_eq!(owner_and_mode(&folder.path().join(".env")), (OWNER, OWNER, 0o600));
}

/// Neither root nor an ordinary user puts a file in the place of a link, and what the link leads to is not written.
#[test]
fn dot_env_that_is_a_link_stays_one() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("shared"), "OTHER=kept\n").unwrap();
    symlink("shared", folder.path().join(".env")).unwrap();
    let complaint = certs(folder.path(), &[]).unwrap_err();
    assert!(complaint.contains(".env is a symbolic link"), "{complaint}");
    assert_eq!(fs::read_link(folder.path().join(".env")).unwrap(), Path::new("shared"));
    assert_eq!(fs::read_to_string(folder.path().join("shared")).unwrap(), "OTHER=kept\n");
    assert!(!folder.path().join("certs").exists());
}

#[rstest]
#[case::link_to_another_folder("/mosquitto/config/acl", "../secret")]
#[case::link_beside_it("/mosquitto/config/acl", "hidden")]
#[case::out_of_the_folder("/mosquitto/config/../../secret", "nowhere")]
#[case::out_of_the_mount("/mosquitto/config/../secret", "nowhere")]
#[case::below_a_linked_folder("/mosquitto/config/acl/secret", "..")]
fn file_that_a_link_or_a_climb_leads_to_is_not_given_away(#[case] named: &str, #[case] target: &str) {
    if !is_root() {
        return;
    }
    let folder = folder_of(OWNER);
    let path = |name: &str| folder.path().join(name);
    let secret = secret(folder.path());
    fs::copy(&secret, path("mosquitto/hidden")).unwrap();
    fs::remove_file(path("mosquitto/acl")).unwrap();
    symlink(target, path("mosquitto/acl")).unwrap();
    fs::write(path("mosquitto/mosquitto.conf"), format!("acl_file {named}\n")).unwrap();
    let said = certs(folder.path(), &[]).unwrap();
    assert!(!said.contains("ACL file"), "{said}");
    assert_eq!([owner_and_mode(&secret), owner_and_mode(&path("mosquitto/hidden"))], [(0, 0, 0o600); 2]);
}

#[test]
fn file_with_another_name_elsewhere_is_not_given_away() {
    if !is_root() {
        return;
    }
    let folder = folder_of(OWNER);
    let secret = secret(folder.path());
    fs::remove_file(folder.path().join("mosquitto/acl")).unwrap();
    fs::hard_link(&secret, folder.path().join("mosquitto/acl")).unwrap();
    let said = certs(folder.path(), &[]).unwrap();
    assert!(!said.contains("ACL file"), "{said}");
    assert_eq!(owner_and_mode(&secret), (0, 0, 0o600));
}

#[test]
fn file_of_a_third_user_is_not_given_away() {
    if !is_root() {
        return;
    }
    let folder = folder_of(OWNER);
    let acl = folder.path().join("mosquitto/acl");
    chown(&acl, Some(OWNER + 1), Some(OWNER + 1)).unwrap();
    let said = certs(folder.path(), &[]).unwrap();
    assert!(!said.contains("ACL file"), "{said}");
    assert_eq!(owner_and_mode(&acl), (OWNER + 1, OWNER + 1, 0o644));
}

#[test]
fn password_file_that_is_a_link_is_not_read() {
    if !is_root() {
        return;
    }
    let folder = folder_of(OWNER);
    secret(folder.path());
    fs::create_dir(folder.path().join("certs")).unwrap();
    symlink("../secret", folder.path().join("certs/passwd")).unwrap();
    let complaint = certs(folder.path(), &["--force"]).unwrap_err();
    assert!(
        complaint.contains("certs/passwd is a symbolic link: put the file itself in its place"),
        "{complaint}"
    );
    assert_eq!(fs::read_dir(folder.path().join("certs")).unwrap().count(), 1);
}

#[test]
fn folder_that_is_a_link_is_not_entered() {
    if !is_root() {
        return;
    }
    let folder = folder_of(OWNER);
    let elsewhere = tempfile::tempdir().unwrap();
    symlink(elsewhere.path(), folder.path().join("certs")).unwrap();
    let complaint = certs(folder.path(), &[]).unwrap_err();
    assert!(complaint.contains("certs is a symbolic link, and root follows none"), "{complaint}");
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0);
}
