//! `user add`: who is in the password file afterwards, whose that is, and what it says when it changes nothing.

use std::fs::{self, File, Permissions};
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use mosquitto_fixtures::broker::Line;
use mosquitto_fixtures::deployment::{AccessList, Ownership};
use mosquitto_fixtures::pki::{Password, PasswordFile};
use rstest::rstest;

use crate::program::Program;
use crate::readers::{OWNER, folder_of, is_root};

const CONFIG: &str = "password_file /mosquitto/certs/passwd\nlistener 1883\n";
/// With what a person has written into it, and no line break at its end.
const BEFORE: &str = "# who may\n\nbackend:$7$101$kept$kept";

fn user_add(arguments: &[&str]) -> Program {
    Program::new(&["user", "add"]).arguments(arguments).config(CONFIG).file("certs/passwd", BEFORE)
}

fn passwd(program: &Program) -> std::path::PathBuf {
    program.folder().join("certs/passwd")
}

/// Whether the file lets a user in with this password, on both lines.
fn admits(file: &Path, user: &str, password: &str) -> bool {
    let password = Password::from(password);
    let users = PasswordFile::parse(fs::read(file).unwrap()).users(Line::V2_0).unwrap();
    users.admits(user, &password) == Some(true)
}

#[test]
fn user_gets_a_random_password_that_is_all_it_prints() {
    let mut program = user_add(&["fern"]);
    let outcome = program.run();
    assert_eq!(outcome.status, Some(0), "{}", outcome.stderr);
    let first = outcome.stdout.strip_suffix('\n').unwrap();
    assert!(first.len() == 32 && !first.contains(char::is_whitespace), "{first:?}");
    let expected = "\"fern\" is in ./certs/passwd: create the broker's container anew to let it in\n";
    assert_eq!(outcome.stderr, expected);
    let file = passwd(&program);
    assert!(admits(&file, "fern", first) && !admits(&file, "fern", "another"));
    let content = fs::read_to_string(&file).unwrap();
    assert!(content.starts_with(&format!("{BEFORE}\nfern:$7$101$")), "{content}");
    assert!(!content.contains(first));
    // Once more: a new password in the place of the old one.
    let second = program.run().stdout;
    assert!(admits(&file, "fern", second.trim_end()) && !admits(&file, "fern", first));
    assert_eq!(fs::read_to_string(&file).unwrap().lines().count(), 4);
}

fn given(program: &Program, password: &[u8]) -> std::process::Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mosquitto-fixtures"));
    command.args(["user", "add", "fern", "--password-stdin"]).current_dir(program.folder()).env_clear();
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // It may have ended before it has read all.
    let _ = child.stdin.take().unwrap().write_all(password);
    child.wait_with_output().unwrap()
}

#[rstest]
#[case::line(b"of a pipe\n", "of a pipe")]
#[case::no_line_break(b"of a pipe", "of a pipe")]
#[case::line_of_windows(b"of a pipe\r\n", "of a pipe")]
#[case::blanks(b" of a pipe \n", " of a pipe ")]
fn password_of_standard_input_is_the_users(#[case] input: &[u8], #[case] password: &str) {
    let program = user_add(&[]);
    let output = given(&program, input);
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(0), &b""[..]), "{output:?}");
    assert!(admits(&passwd(&program), "fern", password));
}

#[rstest]
#[case::nothing(b"", "the password of \"fern\" is empty")]
#[case::empty_line(b"\n", "the password of \"fern\" is empty")]
#[case::nul(b"a\0b\n", "holds a NUL: choose another one")]
#[case::without_end(&[b'a'; 100_000], "longer than 65535 bytes")]
#[case::latin1(b"g\xE4rtner\n", "standard input is not UTF-8: save it as UTF-8")]
fn password_that_nobody_can_log_in_with_is_refused(#[case] input: &[u8], #[case] cause: &str) {
    let program = user_add(&[]);
    let output = given(&program, input);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains(cause) && said.lines().count() == 1, "{said}");
    assert_eq!(fs::read_to_string(passwd(&program)).unwrap(), BEFORE);
}

#[rstest]
#[case::private(None, 0o600, None)]
#[case::readable(None, 0o644, None)]
#[case::read_only(None, 0o400, None)]
#[case::access_list(None, 0o640, Some(1883))]
#[case::the_brokers(Some(1883), 0o400, None)]
#[case::another_users_with_a_list(Some(12_345), 0o640, Some(1883))]
fn owner_mode_and_access_list_are_kept(
    #[case] owner: Option<u32>,
    #[case] mode: u32,
    #[case] reader: Option<u32>,
) {
    if owner.is_some() && !is_root() {
        return;
    }
    let mut program = user_add(&["fern"]);
    let file = passwd(&program);
    fs::set_permissions(&file, Permissions::from_mode(mode)).unwrap();
    if let Some(reader) = reader {
        AccessList::readable_by(&[reader]).set(File::open(&file).unwrap()).unwrap();
    }
    chown(&file, owner, owner).unwrap();
    let before = Ownership::of(&file).unwrap();
    assert_eq!(before.access_list.is_some(), reader.is_some());
    let outcome = program.run();
    assert_eq!(outcome.status, Some(0), "{}", outcome.stderr);
    assert_eq!(Ownership::of(&file).unwrap(), before);
    assert!(admits(&file, "fern", outcome.stdout.trim_end()));
    assert_eq!(fs::read_dir(file.parent().unwrap()).unwrap().count(), 1);
}

/// An ordinary user's call, in a deployment of that user's.
fn as_owner(passwd_of: u32, mode: u32) -> (tempfile::TempDir, std::process::Output) {
    let folder = folder_of(OWNER);
    let path = |name: &str| folder.path().join(name);
    fs::write(path("mosquitto/mosquitto.conf"), CONFIG).unwrap();
    fs::create_dir(path("certs")).unwrap();
    fs::write(path("certs/passwd"), BEFORE).unwrap();
    fs::set_permissions(path("certs/passwd"), Permissions::from_mode(mode)).unwrap();
    chown(path("certs"), Some(OWNER), Some(OWNER)).unwrap();
    chown(path("certs/passwd"), Some(passwd_of), Some(passwd_of)).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_mosquitto-fixtures"));
    command.args(["user", "add", "fern"]).current_dir(folder.path()).env_clear().uid(OWNER).gid(OWNER);
    let output = command.output().unwrap();
    (folder, output)
}

#[test]
fn ordinary_user_changes_a_file_of_their_own_and_gives_no_other_a_new_owner() {
    if !is_root() {
        return;
    }
    let (folder, output) = as_owner(OWNER, 0o600);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let file = folder.path().join("certs/passwd");
    assert!(admits(&file, "fern", str::from_utf8(&output.stdout).unwrap().trim_end()));
    assert_eq!(Ownership::of(&file).unwrap(), Ownership::new(OWNER, OWNER, 0o600));
    for (mode, cause) in [
        (0o444, "certs/passwd: Operation not permitted: run this as its owner, or change its mode"),
        (0o400, "certs/passwd: permission denied: call this as a user who may read it, or let this one"),
    ] {
        let (folder, output) = as_owner(1883, mode);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), said.lines().count()), (Some(2), 1), "{said}");
        assert!(said.contains(cause), "{said}");
        let file = folder.path().join("certs/passwd");
        assert_eq!(fs::read_to_string(&file).unwrap(), BEFORE);
        assert_eq!(Ownership::of(&file).unwrap(), Ownership::new(1883, 1883, mode));
        assert_eq!(fs::read_dir(file.parent().unwrap()).unwrap().count(), 1);
    }
}

#[rstest]
#[case::no_deployment(&["fern"], None, "is no deployment: mosquitto/mosquitto.conf is missing in it")]
#[case::no_password_file(&["fern"], Some("listener 1883\n"), "mosquitto.conf names no password_file: users need one")]
#[case::two_password_files(
    &["fern"],
    Some("per_listener_settings true\nlistener 1883\npassword_file /mosquitto/certs/passwd\nlistener 1884\npassword_file /mosquitto/config/passwd\n"),
    "mosquitto.conf names more than one password_file: change the one that is meant by hand"
)]
#[case::file_of_the_image(
    &["fern"],
    Some("password_file /etc/mosquitto/passwd\nlistener 1883\n"),
    "mosquitto.conf names a password_file that does not lie in this folder"
)]
#[case::file_outside(
    &["fern"],
    Some("password_file /mosquitto/certs/../../passwd\nlistener 1883\n"),
    "mosquitto.conf names a password_file that does not lie in this folder"
)]
#[case::missing_file(
    &["fern"],
    Some("password_file /mosquitto/certs/users\nlistener 1883\n"),
    "users is missing, ./mosquitto/mosquitto.conf:1 names it: `certs` makes one"
)]
#[case::folder_in_its_place(
    &["fern"],
    Some("password_file /mosquitto/certs\nlistener 1883\n"),
    "certs is a folder, a file belongs there"
)]
#[case::no_folder(&["fern", "--deployment", "elsewhere"], Some(CONFIG), "elsewhere: No such file or directory: check the path")]
#[case::colon(&["a:b"], Some(CONFIG), "user name \"a:b\" is empty or longer than")]
#[case::no_name(&[""], Some(CONFIG), "user name \"\" is empty or longer than")]
#[case::comment(&["#fern"], Some(CONFIG), "starts with # or has a blank at an end: choose another one")]
#[case::two_lines(&["a\nb"], Some(CONFIG), "user name \"a\\nb\" is empty or longer than")]
fn what_cannot_be_done_is_said_in_one_line(
    #[case] arguments: &[&str],
    #[case] config: Option<&str>,
    #[case] cause: &str,
) {
    let mut program = Program::new(&["user", "add"]).arguments(arguments).file("certs/passwd", BEFORE);
    if let Some(config) = config {
        program = program.config(config);
    }
    let complaint = program.complaint();
    assert!(complaint.contains(cause), "{complaint}");
    assert_eq!(fs::read_to_string(passwd(&program)).unwrap(), BEFORE);
}

#[test]
fn two_calls_do_not_meet() {
    let program = user_add(&[]);
    let mut command = Command::new("flock");
    command.args(["certs", env!("CARGO_BIN_EXE_mosquitto-fixtures"), "user", "add", "fern"]);
    let output = command.current_dir(program.folder()).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(
        said.contains("another call is at work in ./certs: call this one again when that has ended"),
        "{said}"
    );
    assert_eq!(fs::read_to_string(passwd(&program)).unwrap(), BEFORE);
}

#[test]
fn what_a_killed_call_left_is_removed() {
    let mut program = user_add(&["fern"]).file("certs/.passwd.new", "half a li");
    assert_eq!(program.run().status, Some(0));
    assert_eq!(fs::read_dir(program.folder().join("certs")).unwrap().count(), 1);
}

/// Whoever owns the folder would choose which file of another's root reads and replaces.
#[rstest]
#[case::of_the_file("certs/passwd", "certs/passwd is a symbolic link: put the file itself in its place")]
#[case::of_its_folder(
    "certs",
    "certs is a symbolic link, and root follows none: name the folder that it leads to"
)]
fn link_is_not_followed_by_root(#[case] link: &str, #[case] cause: &str) {
    if !is_root() {
        return;
    }
    let mut program = user_add(&["fern"]).file("elsewhere/passwd", "root:kept\n");
    let path = program.folder().join(link);
    let elsewhere = program.folder().join("elsewhere");
    let (target, _) = if path.is_dir() {
        (elsewhere.clone(), fs::remove_dir_all(&path).unwrap())
    } else {
        (elsewhere.join("passwd"), fs::remove_file(&path).unwrap())
    };
    symlink(target, &path).unwrap();
    let complaint = program.complaint();
    assert!(complaint.contains(cause), "{complaint}");
    assert_eq!(fs::read_to_string(elsewhere.join("passwd")).unwrap(), "root:kept\n");
    assert_eq!(fs::read_dir(elsewhere).unwrap().count(), 1);
}
