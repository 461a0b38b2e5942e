//! What the targets of the Makefile call, with stand-ins for the scripts and for the command.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use rstest::rstest;

use crate::project::{Project, REPOSITORY};

/// A clone whose scripts and command say how they were called, and do nothing.
fn stand_in() -> Project {
    let project = Project::empty();
    project.write("Makefile", std::fs::read(Path::new(REPOSITORY).join("Makefile")).unwrap());
    for script in ["setup", "up", "down"] {
        let name = format!("scripts/{script}");
        project.write(&name, "#!/bin/sh\necho \"${0##*/} $*\"\n");
        std::fs::set_permissions(project.at(&name), PermissionsExt::from_mode(0o755)).unwrap();
    }
    project
}

fn make(project: &Project, target: &str) -> Vec<String> {
    let mut command = Command::new("make");
    let output = command.arg("--directory").arg(project.root()).args([target, "CLI=echo mosquitto-fixtures"]);
    let output = output.arg("--no-print-directory").env_remove("MAKEFLAGS").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().map(|line| line.trim_end().to_owned()).collect()
}

#[rstest]
#[case::development("up", "up")]
#[case::production("prod", "up --file docker-compose.yml --file docker-compose.prod.yml")]
fn a_stack_is_started_after_its_certificates_are_made(#[case] target: &str, #[case] started: &str) {
    let project = stand_in();
    let with_certificates = ["setup verify", "mosquitto-fixtures certs", started];
    assert_eq!(make(&project, target), with_certificates);
    project.make_folder("certs/server.crt");
    assert_eq!(make(&project, target), with_certificates, "a folder is no certificate");
    std::fs::remove_dir(project.at("certs/server.crt")).unwrap();
    project.write("certs/server.crt", "");
    assert_eq!(make(&project, target), ["setup verify", started]);
}

#[test]
fn down_ends_what_runs() {
    assert_eq!(make(&stand_in(), "down"), ["down"]);
}
