//! Who may read a file, by its owner, its mode and its access list; and as whom the broker reads.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};

use mosquitto_fixtures::deployment::{AccessList, Ownership, Reader};
use rstest::rstest;

use crate::project::Project;

const BROKER: Reader = Reader::MOSQUITTO;

#[rstest]
#[case::of_the_image(None, (1883, 1883))]
#[case::empty(Some(""), (1883, 1883))]
#[case::root(Some("root"), (1883, 1883))]
#[case::number_of_root(Some("0"), (1883, 1883))]
#[case::root_and_its_group(Some("0:0"), (1883, 1883))]
#[case::root_and_a_group(Some("0:1000"), (1883, 1883))]
#[case::mosquitto(Some("mosquitto"), (1883, 1883))]
#[case::number_of_mosquitto(Some("1883"), (1883, 1883))]
#[case::mosquitto_and_a_group(Some("mosquitto:0"), (1883, 0))]
#[case::two_numbers(Some("1000:1001"), (1000, 1001))]
#[case::number_without_a_name(Some("1000"), (1000, 0))]
fn the_broker_reads_as_the_containers_user_and_never_as_root(
    #[case] user: Option<&str>,
    #[case] expected: (u32, u32),
) {
    let reader = Reader::of(user).unwrap();
    assert_eq!((reader.uid, reader.gid), expected);
}

#[rstest]
fn a_name_that_only_the_image_knows_is_nobody(#[values("app", "app:1883", "1883:app", "-1")] user: &str) {
    assert_eq!(Reader::of(Some(user)), None);
}

#[rstest]
#[case::owner(1883, 0, 0o400, true)]
#[case::owner_before_group(1883, 1883, 0o040, false)]
#[case::owner_before_others(1883, 0, 0o004, false)]
#[case::group(0, 1883, 0o040, true)]
#[case::group_before_others(0, 1883, 0o404, false)]
#[case::others(0, 0, 0o004, true)]
#[case::nobody_of_these(0, 0, 0o660, false)]
fn the_bits_of_the_first_that_fits_decide(
    #[case] uid: u32,
    #[case] gid: u32,
    #[case] mode: u32,
    #[case] readable: bool,
) {
    assert_eq!(BROKER.may_read(&Ownership::new(uid, gid, mode)), readable);
    // Read, write and enter are decided alike.
    let folder = Ownership::new(uid, gid, mode | mode >> 1 | mode >> 2);
    assert_eq!(BROKER.may_enter(&folder) && BROKER.may_fill(&folder), readable);
}

#[test]
fn an_access_list_lets_the_named_user_in_and_no_other() {
    let listed = |users: &[u32]| Ownership {
        access_list: Some(AccessList::readable_by(users)),
        ..Ownership::new(1000, 1000, 0o640)
    };
    let stranger = Reader { uid: 1001, gid: 1001 };
    let of_the_group = Reader { uid: 1001, gid: 1000 };
    let owner = Reader { uid: 1000, gid: 1000 };
    let may = |file: &Ownership| [owner, BROKER, stranger, of_the_group].map(|reader| reader.may_read(file));
    assert_eq!(may(&listed(&[1883])), [true, true, false, false]);
    assert_eq!(may(&listed(&[167_418, 1001])), [true, false, true, true]);
    assert_eq!(may(&Ownership::new(1000, 1000, 0o640)), [true, false, false, true]);
}

#[test]
fn ownership_is_that_of_the_file_behind_a_link() {
    let project = Project::empty();
    project.write("server.key", "");
    fs::set_permissions(project.at("server.key"), Permissions::from_mode(0o600)).unwrap();
    symlink("server.key", project.at("link")).unwrap();
    assert_eq!(
        Ownership::of(&project.at("link")).unwrap(),
        Ownership::of(&project.at("server.key")).unwrap()
    );
    assert_eq!(Ownership::of(&project.at("link")).unwrap().mode, 0o600);
}

/// The file system of the temporary folder has access lists, as every one has that Docker keeps images on.
#[test]
fn an_access_list_is_read_as_it_was_set() {
    let project = Project::empty();
    project.write("server.key", "");
    let path = project.at("server.key");
    assert_eq!(AccessList::of(&path).unwrap(), None);
    let list = AccessList::readable_by(&[1883, 167_418]);
    list.set(File::open(&path).unwrap()).unwrap();
    assert_eq!(AccessList::of(&path).unwrap(), Some(list));
    let ownership = Ownership::of(&path).unwrap();
    assert!(ownership.to_string().ends_with(" 0640+"), "{ownership}");
}

#[test]
fn ownership_reads_as_ls_says_it() {
    assert_eq!(Ownership::new(1883, 1883, 0o400).to_string(), "1883:1883 0400");
    assert_eq!(Ownership::new(0, 0, 0o1777).to_string(), "0:0 1777");
}
