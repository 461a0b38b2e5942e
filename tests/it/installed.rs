//! Files of an installed deployment that belong to the wrong user, on the broker that Compose starts with them.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;

use mosquitto_fixtures::broker::Line;
use mosquitto_fixtures::contract::{Outcome, Report};
use mosquitto_fixtures::deployment::{Certificates, CertificatesRequest, Ownership};
use rstest::rstest;

use crate::deployment_copy::{DeploymentCopy, is_root};

/// A copy with certificates and passwords as `make certs` installs them; nothing for anybody but root, who alone can
/// give files to other users.
fn installed() -> Option<DeploymentCopy> {
    if !is_root() {
        eprintln!("not checked: only root can give files to other users");
        return None;
    }
    let copy = DeploymentCopy::with_compose();
    let request = CertificatesRequest { hosts: Vec::new(), days: 60, force: false };
    Certificates::install(&copy.path("certs"), &request).unwrap();
    Some(copy)
}

fn make(path: &Path, uid: u32, mode: u32) {
    chown(path, Some(uid), Some(uid)).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[track_caller]
fn assert_broken(report: &Report, expected: &[&str]) {
    let evidence: Vec<_> = report.with(Outcome::Broken).collect();
    assert_eq!(report.broken(), expected, "{evidence:#?}");
}

#[tokio::test]
async fn deployment_as_it_is_installed_holds_every_clause_of_production() {
    let Some(copy) = installed() else { return };
    let report = copy.verify_production(Line::V2_1).await;
    assert_eq!(report.with(Outcome::Holds).count(), report.clauses.len(), "{report:#?}");
}

#[rstest]
#[tokio::test]
async fn key_that_only_root_can_read_is_named_where_the_broker_ends(
    #[values(Line::V2_0, Line::V2_1)] line: Line,
) {
    let Some(copy) = installed() else { return };
    make(&copy.path("certs/server.key"), 0, 0o600);
    let report = copy.verify_files("prod", line).await;
    assert_broken(&report, &["listeners.broker-starts", "permissions.broker-reads-its-files"]);
}

#[rstest]
#[case::passwords("certs/passwd", 1883, 0o404)]
#[case::acl("mosquitto/acl", 0, 0o644)]
#[tokio::test]
async fn file_that_mosquitto_warns_about_breaks(
    #[case] path: &str,
    #[case] uid: u32,
    #[case] mode: u32,
    #[values(Line::V2_0, Line::V2_1)] line: Line,
) {
    let Some(copy) = installed() else { return };
    make(&copy.path(path), uid, mode);
    assert_broken(&copy.verify_files("prod", line).await, &["permissions.no-warnings"]);
}

/// The entrypoint of 2.0 gives all of `/mosquitto` to the broker's user, on the host too; that of 2.1 the data alone.
#[rstest]
#[case::taken_over(Line::V2_0, &["permissions.mounted-read-only", "permissions.host-unchanged"])]
#[case::left_alone(Line::V2_1, &["permissions.mounted-read-only"])]
#[tokio::test]
async fn file_that_the_entrypoint_would_take_over_breaks_and_is_not_touched(
    #[case] line: Line,
    #[case] expected: &[&str],
) {
    let Some(copy) = installed() else { return };
    let copy = copy.replace("docker-compose.yml", "certs/server.key}", "certs/server.key, read_only: false}");
    let key = copy.path("certs/server.key");
    make(&key, 0, 0o644);
    let report = copy.verify_files("dev", line).await;
    assert_broken(&report, expected);
    assert_eq!(Ownership::of(&key).unwrap(), Ownership::new(0, 0, 0o644));
}
