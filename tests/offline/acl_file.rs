//! The ACL file of a deployment belongs to the broker too, once root has made its certificates.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown};

use mosquitto_fixtures::deployment::{CertificatesRequest, Ownership};
use rstest::rstest;

use crate::certificates::{install, request};
use crate::project::Project;

const FILE: &str = "mosquitto/acl";

/// A deployment that names an ACL file of mode 0644, and whether this user is root.
fn project() -> (Project, bool) {
    let project = Project::with_config("acl_file /mosquitto/config/acl\nlistener 1883\n");
    project.write(FILE, "topic readwrite #\n");
    fs::set_permissions(project.at(FILE), Permissions::from_mode(0o644)).unwrap();
    let root = ownership(&project).uid == 0;
    (project, root)
}

fn ownership(project: &Project) -> Ownership {
    Ownership::of(&project.at(FILE)).unwrap()
}

#[test]
fn root_gives_its_acl_file_to_the_broker_and_an_ordinary_user_keeps_it() {
    let (project, root) = project();
    let before = ownership(&project);
    let made = install(&project, &request()).unwrap();
    let (given, after) =
        if root { (vec![project.at(FILE)], Ownership::new(1883, 1883, 0o400)) } else { (Vec::new(), before) };
    assert_eq!((made.acl_files, ownership(&project)), (given, after));
    assert_eq!(project.read(FILE), "topic readwrite #\n");
}

#[test]
fn acl_file_of_an_ordinary_user_is_left_alone() {
    let (project, root) = project();
    if root {
        chown(project.at(FILE), Some(1000), Some(1000)).unwrap();
    }
    let before = ownership(&project);
    let made = install(&project, &request()).unwrap();
    assert_eq!((made.acl_files.len(), ownership(&project)), (0, before));
}

#[test]
fn a_second_set_finds_the_acl_file_given_already() {
    let (project, _) = project();
    install(&project, &request()).unwrap();
    let before = ownership(&project);
    let made = install(&project, &CertificatesRequest { force: true, ..request() }).unwrap();
    assert_eq!((made.acl_files.len(), ownership(&project)), (0, before));
}

#[rstest]
#[case::no_name(CertificatesRequest { hosts: vec!["two words".to_owned()], ..request() }, "")]
#[case::no_days(CertificatesRequest { days: 0, ..request() }, "")]
#[case::there_already(request(), "certs/server.key")]
fn a_failed_install_leaves_the_acl_file_untouched(
    #[case] wish: CertificatesRequest,
    #[case] in_the_way: &str,
) {
    let (project, _) = project();
    if !in_the_way.is_empty() {
        project.write(in_the_way, "");
    }
    let before = ownership(&project);
    install(&project, &wish).unwrap_err();
    assert_eq!(ownership(&project), before);
}

#[rstest]
#[case::of_the_image("acl_file /etc/mosquitto/acl\n")]
#[case::none("listener 1883\n")]
#[case::unreadable("listener none\n")]
fn a_configuration_that_names_no_acl_file_of_ours_gives_none(#[case] text: &str) {
    let (project, _) = project();
    project.write(crate::project::CONFIG, text);
    let before = ownership(&project);
    let made = install(&project, &request()).unwrap();
    assert_eq!((made.acl_files.len(), ownership(&project)), (0, before));
}
