//! The clauses on owner, mode and mount of the files, judged on deployments that are right and on deployments that are
//! wrong in one way.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::process::Command;

use mosquitto_fixtures::contract::{Conclusion, Evidence, Outcome};
use mosquitto_fixtures::deployment::{Certificates, CertificatesRequest};
use mosquitto_fixtures::pki::Authority;
use rstest::rstest;

use crate::paper::{BASE, broken, judge};
use crate::project::Project;

const PRODUCTION_CONFIG: &str = "mosquitto/mosquitto.prod.conf";

/// This repository's deployment with certificates of its own, in a folder that everybody may enter.
fn installed() -> Project {
    let project = Project::of_repository();
    let request = CertificatesRequest { hosts: Vec::new(), days: 60, force: false };
    Certificates::install(&project.at("certs"), &request).unwrap();
    for folder in [".", "certs"] {
        set_mode(&project, folder, 0o755);
    }
    project
}

fn set_mode(project: &Project, path: &str, mode: u32) {
    fs::set_permissions(project.at(path), fs::Permissions::from_mode(mode)).unwrap();
}

fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

/// The line of `docker-compose.yml` that mounts a file of `certs/`.
fn mount(name: &str) -> String {
    format!("      - {{<<: *file, source: ./certs/{name}, target: /mosquitto/certs/{name}}}\n")
}

/// The certificates as one folder, as many deployments mount them.
fn as_one_folder(project: Project) -> Project {
    let mounts = ["passwd", "ca.crt", "server.crt"];
    let project = mounts.into_iter().fold(project, |project, name| project.replace(BASE, &mount(name), ""));
    project.replace(BASE, &mount("server.key"), "      - ./certs:/mosquitto/certs:ro\n")
}

#[rstest]
#[tokio::test]
async fn installed_deployment_holds_every_clause(#[values("dev", "prod")] profile: &str) {
    let project = installed();
    if !is_root() {
        // What the world can read is kept from it by the folder alone.
        set_mode(&project, "certs", 0o700);
    }
    assert_eq!(broken(&project, profile, "permissions").await, Vec::<&str>::new());
}

#[tokio::test]
async fn what_hangs_on_an_option_that_the_model_does_not_know_is_skipped_with_its_line() {
    let project = installed();
    let text = fs::read_to_string(project.at("mosquitto/mosquitto.conf")).unwrap();
    let line = text.lines().count() + 1;
    project.write("mosquitto/mosquitto.conf", format!("{text}option_of_a_later_version 1\n"));
    let report = judge(&project, "dev", "permissions").await;
    assert_eq!((report.broken(), report.conclusion()), (vec![], Conclusion::Unjudged));
    let skipped: Vec<_> = report.with(Outcome::Skipped).collect();
    assert_eq!(skipped.len(), 3, "{report:#?}");
    for clause in skipped {
        let Evidence::Skipped { reason } = &clause.evidence else { panic!("{clause:?}") };
        let place = format!("mosquitto.conf:{line}: option_of_a_later_version is an option that");
        assert!(reason.contains(&place), "{reason}");
    }
}

#[rstest]
#[case::in_production("prod", &["permissions.key-private"])]
#[case::in_development("dev", &[])]
#[tokio::test]
async fn key_that_the_world_can_read_breaks(#[case] profile: &str, #[case] expected: &[&str]) {
    let project = installed();
    set_mode(&project, "certs/server.key", 0o644);
    assert_eq!(broken(&project, profile, "permissions").await, expected);
}

/// However the configuration writes its path, it is the broker's own key.
#[rstest]
#[case::dot("/mosquitto/certs/./server.key")]
#[case::two_slashes("/mosquitto//certs/server.key")]
#[case::up_and_down("/mosquitto/config/../certs/server.key")]
#[tokio::test]
async fn key_is_the_same_however_its_path_is_written(
    #[case] path: &str,
    #[values(false, true)] one_folder: bool,
) {
    let mut project = installed().replace(
        PRODUCTION_CONFIG,
        "keyfile /mosquitto/certs/server.key",
        &format!("keyfile {path}"),
    );
    if one_folder {
        project = as_one_folder(project);
    }
    assert_eq!(broken(&project, "prod", "permissions").await, Vec::<&str>::new());
    set_mode(&project, "certs/server.key", 0o644);
    assert_eq!(broken(&project, "prod", "permissions").await, ["permissions.key-private"]);
}

/// A link in a mount leads where it leads in the container.
#[tokio::test]
async fn key_behind_a_link_is_the_broker_s_own() {
    let project = as_one_folder(installed());
    fs::rename(project.at("certs/server.key"), project.at("certs/1.key")).unwrap();
    symlink("/mosquitto/certs/1.key", project.at("certs/server.key")).unwrap();
    assert_eq!(broken(&project, "prod", "permissions").await, Vec::<&str>::new());
    set_mode(&project, "certs/1.key", 0o644);
    assert_eq!(broken(&project, "prod", "permissions").await, ["permissions.key-private"]);
}

#[tokio::test]
async fn pipe_in_place_of_the_key_does_not_hold() {
    let project = installed();
    fs::remove_file(project.at("certs/server.key")).unwrap();
    let pipe = Command::new("mkfifo").args(["-m", "0600"]).arg(project.at("certs/server.key")).status();
    assert!(pipe.unwrap().success());
    let report = judge(&project, "prod", "permissions").await;
    for id in ["permissions.key-private", "permissions.broker-reads-its-files"] {
        let clause = report.clauses.iter().find(|clause| clause.id == id).unwrap();
        let Evidence::Skipped { reason } = &clause.evidence else { panic!("{clause:?}") };
        assert!(reason.contains("server.key is a named pipe (FIFO)"), "{reason}");
    }
}

/// Nobody waits for the kernel, and no whole machine is read.
#[rstest]
#[case::the_whole_machine("/")]
#[case::what_the_kernel_says("/proc")]
#[tokio::test]
async fn mount_of_more_than_a_deployment_is_not_called_well(#[case] host: &str) {
    let line = format!("      - {host}:/host:ro\n");
    let project = installed().replace(BASE, &mount("passwd"), &(mount("passwd") + &line));
    let report = judge(&project, "prod", "permissions").await;
    let clause = report.clauses.iter().find(|clause| clause.id == "permissions.no-authority-key").unwrap();
    assert_ne!(clause.outcome, Outcome::Holds, "{clause:?}");
}

#[tokio::test]
async fn development_says_that_it_allows_a_key_that_the_world_can_read() {
    let project = installed();
    set_mode(&project, "certs/server.key", 0o644);
    let report = judge(&project, "dev", "permissions").await;
    let clause = report.clauses.iter().find(|clause| clause.id == "permissions.key-private").unwrap();
    let Evidence::Holds { seen } = &clause.evidence else { panic!("{clause:?}") };
    assert!(seen.contains("0644") && seen.ends_with(", which development allows"), "{seen}");
}

#[tokio::test]
async fn key_behind_a_folder_that_nobody_else_may_enter_is_private() {
    let project = installed();
    set_mode(&project, "certs/server.key", 0o644);
    set_mode(&project, "certs", 0o700);
    assert_eq!(broken(&project, "prod", "permissions").await, Vec::<&str>::new());
}

#[tokio::test]
async fn key_that_another_group_can_read_breaks() {
    if !is_root() {
        eprintln!("only root gives a file to another group");
        return;
    }
    let project = installed();
    chown(project.at("certs/server.key"), Some(1883), Some(12345)).unwrap();
    set_mode(&project, "certs/server.key", 0o440);
    assert_eq!(broken(&project, "prod", "permissions").await, ["permissions.key-private"]);
    chown(project.at("certs/server.key"), Some(0), Some(1883)).unwrap();
    assert_eq!(broken(&project, "prod", "permissions").await, Vec::<&str>::new());
}

#[rstest]
#[case::key("certs/server.key", "prod")]
#[case::certificate("certs/server.crt", "prod")]
#[case::trust_anchor("certs/ca.crt", "dev")]
#[case::password_file("certs/passwd", "prod")]
#[case::acl_file("mosquitto/acl", "dev")]
#[case::configuration_of_a_broker_that_is_never_root("mosquitto/mosquitto.prod.conf", "prod")]
#[tokio::test]
async fn file_that_only_root_can_read_is_named(#[case] path: &str, #[case] profile: &str) {
    if !is_root() {
        eprintln!("only root has files that nobody else can read");
        return;
    }
    let project = installed();
    chown(project.at(path), Some(0), Some(0)).unwrap();
    set_mode(&project, path, 0o600);
    let report = judge(&project, profile, "permissions").await;
    assert_eq!(report.broken(), ["permissions.broker-reads-its-files"]);
    let clause = report.with(Outcome::Broken).next().unwrap();
    let Evidence::Broken { expected, seen, .. } = &clause.evidence else { panic!("{clause:?}") };
    assert_eq!(expected, "readable by 1883:1883");
    assert!(seen.ends_with(&format!("{path} is 0:0 0600")), "{seen}");
}

#[tokio::test]
async fn configuration_that_root_reads_before_it_drops_may_be_roots() {
    let project = installed();
    set_mode(&project, "mosquitto/mosquitto.conf", 0o600);
    assert_eq!(broken(&project, "dev", "permissions").await, Vec::<&str>::new());
}

#[tokio::test]
async fn folder_that_the_broker_may_not_enter_is_named() {
    if !is_root() {
        eprintln!("only root has folders that nobody else may enter");
        return;
    }
    let project = as_one_folder(installed());
    set_mode(&project, "certs", 0o700);
    let report = judge(&project, "prod", "permissions").await;
    assert_eq!(report.broken(), ["permissions.broker-reads-its-files"]);
    let clause = report.with(Outcome::Broken).next().unwrap();
    let Evidence::Broken { seen, .. } = &clause.evidence else { panic!("{clause:?}") };
    assert!(seen.ends_with("certs is 0:0 0700"), "{seen}");
}

#[rstest]
#[case::key("/mosquitto/certs/server.key}", "/mosquitto/certs/server.key, read_only: false}")]
#[case::acl_file("/mosquitto/config/acl}", "/mosquitto/config/acl, read_only: false}")]
#[case::passwords_in_short_form(
    "{<<: *file, source: ./certs/passwd, target: /mosquitto/certs/passwd}",
    "./certs/passwd:/mosquitto/certs/passwd:rw"
)]
#[tokio::test]
async fn writable_mount_breaks(#[case] old: &str, #[case] new: &str) {
    let project = installed().replace(BASE, old, new);
    assert_eq!(broken(&project, "dev", "permissions").await, ["permissions.mounted-read-only"]);
}

#[tokio::test]
async fn writable_configuration_breaks_in_production_alone() {
    let project = installed();
    let project = project.replace("docker-compose.prod.yml", "read_only: true,", "read_only: false,");
    assert_eq!(broken(&project, "dev", "permissions").await, Vec::<&str>::new());
    assert_eq!(broken(&project, "prod", "permissions").await, ["permissions.mounted-read-only"]);
}

#[rstest]
#[case::key_of_the_authority("ca.key", &Authority::new().unwrap().issue(&["ca"]).unwrap().key_pem())]
#[case::encrypted_key(
    "ca.pem",
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAA==\n-----END ENCRYPTED PRIVATE KEY-----\n"
)]
#[case::request("server.csr", "")]
#[case::serial_number("ca.srl", "01")]
#[tokio::test]
async fn what_belongs_to_an_authority_breaks_where_it_is_mounted(#[case] name: &str, #[case] text: &str) {
    let project = installed();
    project.write(&format!("certs/{name}"), text);
    // Beside the files that are mounted, it is not in the container.
    assert_eq!(broken(&project, "prod", "permissions").await, Vec::<&str>::new());
    let project = as_one_folder(project);
    let report = judge(&project, "prod", "permissions").await;
    assert_eq!(report.broken(), ["permissions.no-authority-key"]);
    let clause = report.with(Outcome::Broken).next().unwrap();
    let Evidence::Broken { seen, .. } = &clause.evidence else { panic!("{clause:?}") };
    assert_eq!(seen, &format!("/mosquitto/certs/{name}"));
}
