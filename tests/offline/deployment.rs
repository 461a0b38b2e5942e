//! A folder as a deployment: what is in it, what is missing.

use std::path::PathBuf;

use mosquitto_fixtures::deployment::{Certificates, Deployment, Mount};
use rstest::rstest;

use crate::project::{CONFIG, Project, REPOSITORY};

/// A listener with TLS, users and an ACL.
const TEXT: &str = "\
password_file /mosquitto/certs/passwd
acl_file /mosquitto/config/acl
listener 8883
cafile /mosquitto/certs/ca.crt
certfile /mosquitto/certs/server.crt
keyfile /mosquitto/certs/server.key
";

/// With every file that `TEXT` names.
fn complete() -> Project {
    let project = Project::with_config(TEXT);
    project.write("mosquitto/acl", "");
    for file in Certificates::FILES {
        project.write(&format!("certs/{file}"), "");
    }
    project
}

fn files(project: &Project) -> Result<Vec<Mount>, String> {
    project.open().unwrap().files().map_err(|error| error.to_string())
}

#[test]
fn missing_folder_is_named() {
    let project = Project::empty();
    let error = Deployment::open(project.at("nowhere")).unwrap_err().to_string();
    assert!(error.starts_with(&project.named("nowhere: No such file")), "{error}");
}

#[test]
fn file_in_place_of_the_folder_is_named() {
    let project = Project::empty();
    project.write("file", "");
    let error = Deployment::open(project.at("file")).unwrap_err().to_string();
    assert!(error.starts_with(&project.named("file: Not a directory")), "{error}");
}

#[test]
fn empty_folder_is_no_deployment() {
    let project = Project::empty();
    let error = project.open().unwrap_err().to_string();
    let root = project.root().display();
    assert!(
        error.starts_with(&format!("{root} is no deployment: mosquitto/mosquitto.conf is missing in it")),
        "{error}"
    );
}

#[test]
fn configuration_that_is_a_folder_is_named() {
    let project = Project::empty();
    project.make_folder(CONFIG);
    let error = project.open().unwrap_err().to_string();
    assert!(
        error.starts_with(&format!("{} is a folder, a file belongs there", project.named(CONFIG))),
        "{error}"
    );
}

#[test]
fn files_are_listed_once_each() {
    let project = complete();
    project.write(
        CONFIG,
        format!(
            "{TEXT}listener 9001\ncertfile /mosquitto/certs/server.crt\nkeyfile /mosquitto/certs/server.key"
        ),
    );
    let found: Vec<(PathBuf, String)> =
        files(&project).unwrap().into_iter().map(|file| (file.host, file.container)).collect();
    let expected = [
        (CONFIG, "/mosquitto/config/mosquitto.conf"),
        ("certs/passwd", "/mosquitto/certs/passwd"),
        ("mosquitto/acl", "/mosquitto/config/acl"),
        ("certs/ca.crt", "/mosquitto/certs/ca.crt"),
        ("certs/server.crt", "/mosquitto/certs/server.crt"),
        ("certs/server.key", "/mosquitto/certs/server.key"),
    ];
    assert_eq!(found, expected.map(|(host, container)| (project.at(host), container.to_owned())));
}

#[test]
fn included_folders_are_listed() {
    let project = Project::with_config("include_dir /mosquitto/config/d\ninclude_dir /mosquitto/certs/d");
    project.write("mosquitto/d/1.conf", "listener 1883\nallow_anonymous true");
    project.write("certs/d/2.conf", "max_connections 9");
    let files = files(&project).unwrap();
    for (host, container) in [("mosquitto/d", "/mosquitto/config/d"), ("certs/d", "/mosquitto/certs/d")] {
        let file = Mount { host: project.at(host), container: container.to_owned(), read_only: true };
        assert!(files.contains(&file), "{files:?}");
    }
    assert_eq!(files.len(), 3);
}

#[rstest]
#[case::password_file("certs/passwd", 1, ": `make certs` makes a new set")]
#[case::acl_file("mosquitto/acl", 2, "")]
#[case::cafile("certs/ca.crt", 4, ": `make certs` makes a new set")]
#[case::certfile("certs/server.crt", 5, ": `make certs` makes a new set")]
#[case::keyfile("certs/server.key", 6, ": `make certs` makes a new set")]
fn missing_file_is_named_with_its_line(#[case] file: &str, #[case] line: usize, #[case] hint: &str) {
    let project = complete();
    std::fs::remove_file(project.at(file)).unwrap();
    let expected =
        format!("{} is missing, {}:{line} names it{hint}", project.named(file), project.named(CONFIG));
    assert_eq!(files(&project).unwrap_err(), expected);
}

#[rstest]
#[case("certs/passwd")]
#[case("certs/server.key")]
#[case("mosquitto/acl")]
fn folder_in_place_of_a_file_is_named(#[case] file: &str) {
    let project = complete();
    std::fs::remove_file(project.at(file)).unwrap();
    project.make_folder(file);
    let error = files(&project).unwrap_err();
    assert!(
        error.starts_with(&format!("{} is a folder, a file belongs there: remove it", project.named(file))),
        "{error}"
    );
}

/// The image has files of its own, and the broker writes some.
#[test]
fn files_outside_the_mounted_folders_are_left_alone() {
    let text = "acl_file /etc/mosquitto/acl\ncafile /etc/ssl/certs/ca.crt\nlistener 1883\n";
    let project = Project::with_config(&text.replace("cafile", "listener 8883\ncafile"));
    let deployment = project.open().unwrap();
    assert_eq!(deployment.files().unwrap().len(), 1);
    assert_eq!(deployment.on_host("/etc/ssl/certs/ca.crt"), None);
    assert_eq!(deployment.on_host("/mosquitto/data/mosquitto.db"), None);
    assert_eq!(deployment.on_host("/mosquitto/certs/ca.crt"), Some(project.at("certs/ca.crt")));
}

#[test]
fn certificates_of_another_folder_take_the_place_of_its_own() {
    let (project, other) = (complete(), complete());
    let deployment = project.open().unwrap().with_certificates(other.at("certs"));
    let hosts: Vec<PathBuf> = deployment.files().unwrap().into_iter().map(|file| file.host).collect();
    assert!(hosts.contains(&other.at("certs/server.key")) && hosts.contains(&project.at("mosquitto/acl")));
    assert!(!hosts.iter().any(|host| host.starts_with(project.at("certs"))), "{hosts:?}");
}

#[rstest]
fn any_file_of_the_four_counts_as_certificates(#[values(0, 1, 2, 3)] index: usize) {
    let project = Project::with_config(TEXT);
    project.write("certs/README.md", "");
    assert!(!project.open().unwrap().has_certificates());
    project.write(&format!("certs/{}", Certificates::FILES[index]), "");
    assert!(project.open().unwrap().has_certificates());
}

#[test]
fn own_deployment_names_files_of_this_repository() {
    let deployment = Deployment::open(REPOSITORY).unwrap();
    let named = deployment.config().settings().filter_map(|setting| deployment.on_host(&setting.value));
    let named: Vec<PathBuf> = named.map(|path| path.strip_prefix(REPOSITORY).unwrap().to_owned()).collect();
    let expected = ["certs/passwd", "mosquitto/acl", "certs/ca.crt", "certs/server.crt", "certs/server.key"];
    assert_eq!(named, expected.map(PathBuf::from));
}
