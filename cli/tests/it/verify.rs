use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

use rstest::rstest;
use serde_json::Value;
use tempfile::TempDir;

use crate::engine::mosquitto_fixtures;

fn repository() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), ".."].iter().collect()
}

fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

/// What most tests need of it.
const DEV: [&str; 2] = ["--profile", "dev"];

/// This repository's deployment, without its certificates.
pub(crate) fn deployment() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("mosquitto")).unwrap();
    let broker = ["mosquitto/mosquitto.conf", "mosquitto/mosquitto.prod.conf", "mosquitto/acl"];
    for name in
        broker.into_iter().chain(["broker-contract.toml", "docker-compose.yml", "docker-compose.prod.yml"])
    {
        // The text alone: of a file for the broker alone, the copy would be for root alone.
        fs::write(folder.path().join(name), fs::read(repository().join(name)).unwrap()).unwrap();
    }
    folder
}

/// Exit status and the report.
fn verify(folder: &TempDir, arguments: &[&str]) -> (Option<i32>, Value) {
    let mut command = mosquitto_fixtures();
    command.args(["verify", "--format", "json", "--deployment"]).arg(folder.path()).args(arguments);
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let report = serde_json::from_str(&text)
        .unwrap_or_else(|error| panic!("{error}: {text:?} {output:?}", output = output.stderr));
    (output.status.code(), report)
}

fn ids(report: &Value, outcome: &str) -> Vec<String> {
    let clauses = report["clauses"].as_array().unwrap();
    let selected = clauses.iter().filter(|clause| clause["outcome"] == outcome);
    selected.map(|clause| clause["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn this_repository_holds_every_clause() {
    let (status, report) = verify(&deployment(), &[]);
    assert_eq!(status, Some(0), "{report:#}");
    assert_eq!((ids(&report, "broken"), ids(&report, "skipped")), (vec![], vec![]), "{report:#}");
    assert_eq!(report["throwaway_certificates"], true);
    assert!(report["broker"]["image"].as_str().unwrap().contains("mosquitto"), "{report:#}");
    assert!(report["broker"]["version"].as_str().unwrap().starts_with("2."), "{report:#}");
    let clauses = report["clauses"].as_array().unwrap();
    let of = |profile: &str| clauses.iter().filter(|clause| clause["profile"] == profile).count();
    assert!(of("dev") > 30 && of("prod") > 40, "{report:#}");
    let clause = &clauses[0];
    assert!(clause["summary"].is_string() && clause["evidence"]["seen"].is_string(), "{clause:#}");
}

/// What `init` writes of a deployment is what `verify` finds.
#[test]
fn deployment_keeps_the_contract_that_init_writes() {
    let folder = deployment();
    fs::remove_file(folder.path().join("broker-contract.toml")).unwrap();
    let init = mosquitto_fixtures().arg("init").current_dir(folder.path()).output().unwrap();
    assert!(init.status.success(), "{init:?}");
    let (status, report) = verify(&folder, &[]);
    assert_eq!(status, Some(0), "{report:#}");
    assert_eq!((ids(&report, "broken"), ids(&report, "skipped")), (vec![], vec![]), "{report:#}");
    assert!(ids(&report, "holds").contains(&"access.device-publish-confined".to_owned()), "{report:#}");
    assert!(ids(&report, "undeclared").contains(&"tls.names-covered".to_owned()), "{report:#}");
}

/// A `$` begins a variable in a Compose file, and is a letter like any other in the name of a folder.
#[test]
fn dollar_sign_in_a_path_is_no_variable() {
    let above = tempfile::Builder::new().prefix("of $HOME $$").tempdir().unwrap();
    let (root, scratch) = (above.path().join("${plant}"), above.path().join("$scratch"));
    fs::create_dir(&scratch).unwrap();
    fs::rename(deployment().keep(), &root).unwrap();
    let mut command = mosquitto_fixtures();
    command.args(["verify", "--profile", "prod", "--deployment"]).arg(&root).env("TMPDIR", &scratch);
    let output = command.output().unwrap();
    let broken: Vec<String> = String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect();
    assert_eq!(output.status.code(), Some(0), "{broken:#?}{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(fs::read_dir(scratch).unwrap().count(), 0);
}

#[rstest]
#[case::tls_listener_removed("listener 8883", "listener 8884", "listeners.tls-answers")]
#[case::anonymous_allowed("allow_anonymous false", "allow_anonymous true", "access.anonymous-refused")]
fn a_broken_promise_is_named_and_the_exit_status_is_1(
    #[case] old: &str,
    #[case] new: &str,
    #[case] clause: &str,
) {
    let folder = deployment();
    let file = folder.path().join("mosquitto/mosquitto.conf");
    fs::write(&file, fs::read_to_string(&file).unwrap().replace(old, new)).unwrap();
    let (status, report) = verify(&folder, &DEV);
    assert_eq!(status, Some(1));
    assert!(ids(&report, "broken").iter().any(|id| id == clause), "{report:#}");
}

#[test]
fn a_certificate_for_another_host_breaks_the_clause_of_names_alone() {
    use mosquitto_fixtures::deployment::Certificates;
    use mosquitto_fixtures::pki::{Authority, Password, PasswordFile};
    let folder = deployment();
    let authority = Authority::new().unwrap();
    let server = authority.issue(&["broker.example"]).unwrap();
    let password = Password::random();
    let mut passwords = PasswordFile::default();
    passwords.set("backend", &password).unwrap();
    let certs = folder.path().join("certs");
    fs::create_dir(&certs).unwrap();
    Certificates { authority, server, passwords }.write(&certs).unwrap();
    let variable = format!("MQTT_BACKEND_PASSWORD={}\n", password.reveal());
    fs::write(folder.path().join(".env"), variable).unwrap();
    let (status, report) = verify(&folder, &DEV);
    assert_eq!(status, Some(1));
    assert_eq!(ids(&report, "broken"), ["tls.names-covered"]);
}

/// Only root gives files away, so that an ordinary user's copy of the password file is the user's own.
#[rstest]
#[case::of_the_broker(1883, 0)]
#[case::of_another_user(12_345, 1)]
fn ordinary_user_is_told_of_the_file_and_not_of_its_copy(#[case] owner: u32, #[case] expected: i32) {
    use mosquitto_fixtures::deployment::AccessList;
    use std::os::unix::fs::{PermissionsExt, chown};
    use std::os::unix::process::CommandExt;
    const USER: u32 = 54_321;
    if !is_root() {
        eprintln!("not checked: only root becomes another user");
        return;
    }
    let folder = deployment();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    chown(folder.path(), Some(USER), Some(USER)).unwrap();
    let certs = mosquitto_fixtures().arg("certs").current_dir(folder.path()).output().unwrap();
    assert!(certs.status.success(), "{certs:?}");
    let passwords = folder.path().join("certs/passwd");
    chown(&passwords, Some(owner), Some(1883)).unwrap();
    for file in [passwords, folder.path().join("mosquitto/acl")] {
        AccessList::readable_by(&[1883, USER]).set(fs::File::open(file).unwrap()).unwrap();
    }
    let scratch = tempfile::tempdir().unwrap();
    chown(scratch.path(), Some(USER), Some(USER)).unwrap();
    let socket = fs::metadata("/var/run/docker.sock").unwrap();
    let mut command = mosquitto_fixtures();
    command.args(["verify", "--profile", "prod", "--clause", "permissions.no-warnings", "--deployment"]);
    command.arg(folder.path()).uid(USER).gid(socket.gid());
    // Compose as `make setup` fetches it: that of root's own folder is for root alone.
    let plugins = repository().canonicalize().unwrap().join("target/compose");
    command.env("TMPDIR", scratch.path()).env("HOME", scratch.path()).env("DOCKER_CONFIG", plugins);
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(expected), "{output:?}");
}

#[test]
fn certificates_made_by_the_command_hold_every_clause() {
    let folder = deployment();
    let certs = mosquitto_fixtures()
        .args(["certs", "--host", "broker.example", "--out"])
        .arg(folder.path().join("certs"))
        .output()
        .unwrap();
    assert!(certs.status.success(), "{certs:?}");
    let (status, report) = verify(&folder, if is_root() { &[] } else { &DEV });
    assert_eq!((status, report["throwaway_certificates"].as_bool()), (Some(0), Some(false)), "{report:#}");
}

#[test]
fn only_the_selected_clauses_are_reported() {
    let (status, report) = verify(&deployment(), &["--clause", "tls.no-*", "--profile", "dev"]);
    assert_eq!(status, Some(0));
    assert_eq!(ids(&report, "holds"), ["tls.no-plaintext", "tls.no-client-certificate"]);
}

#[test]
fn a_broker_that_does_not_start_is_a_broken_promise_with_its_log() {
    let folder = deployment();
    let file = folder.path().join("mosquitto/mosquitto.conf");
    fs::write(&file, fs::read_to_string(&file).unwrap() + "\nunheard_of true\n").unwrap();
    let (status, report) = verify(&folder, &DEV);
    assert_eq!(status, Some(1));
    assert_eq!(ids(&report, "broken"), ["listeners.broker-starts"]);
    let log = report["clauses"][0]["evidence"]["log"].to_string();
    assert!(log.contains("Unknown configuration variable"), "{log}");
    assert_eq!(report["broker"], Value::Null);
}

/// Appends to the configuration of a copy.
fn with_line(line: &str) -> TempDir {
    let folder = deployment();
    let file = folder.path().join("mosquitto/mosquitto.conf");
    fs::write(&file, format!("{}\n{line}\n", fs::read_to_string(&file).unwrap())).unwrap();
    folder
}

#[rstest]
fn a_broker_that_does_not_start_is_reported_whatever_is_selected(
    #[values("access.*", "tls.*", "listeners.tls-answers", "permissions.host-unchanged")] clause: &str,
) {
    let (status, report) = verify(&with_line("foo bar"), &["--clause", clause, "--profile", "dev"]);
    assert_eq!(
        (status, ids(&report, "broken")),
        (Some(1), vec!["listeners.broker-starts".to_owned()]),
        "{report:#}"
    );
}

/// Exit status and standard error of a run that ends without a verdict.
fn complaint(folder: &TempDir, arguments: &[&str]) -> (Option<i32>, String) {
    let output = mosquitto_fixtures()
        .args(["verify", "--deployment"])
        .arg(folder.path())
        .args(arguments)
        .output()
        .unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(error.lines().count(), 1, "{error}");
    (output.status.code(), error)
}

#[test]
fn a_profile_that_is_not_there_is_not_sound() {
    let folder = deployment();
    fs::remove_file(folder.path().join("docker-compose.prod.yml")).unwrap();
    let (status, error) = complaint(&folder, &["--profile", "prod"]);
    assert_eq!(status, Some(2));
    assert!(
        error.contains("has no docker-compose.prod.yml, so its profile prod cannot be judged"),
        "{error}"
    );
    let (status, error) = complaint(&folder, &["--clause", "exposure.*"]);
    assert_eq!(status, Some(2));
    assert!(error.contains("could not be judged") && error.contains("no docker-compose.prod.yml"), "{error}");
}

/// Docker's own order of preference.
#[rstest]
#[case::preferred("compose.yaml", "compose.prod.yaml")]
#[case::short("compose.yml", "compose.prod.yml")]
#[case::mixed("docker-compose.yaml", "compose.prod.yml")]
fn compose_files_under_other_names_are_found(#[case] base: &str, #[case] production: &str) {
    let folder = deployment();
    // A contract names them itself.
    fs::remove_file(folder.path().join("broker-contract.toml")).unwrap();
    for (old, new) in [("docker-compose.yml", base), ("docker-compose.prod.yml", production)] {
        fs::rename(folder.path().join(old), folder.path().join(new)).unwrap();
    }
    let (status, report) = verify(&folder, &["--clause", "exposure.no-*"]);
    assert_eq!(status, Some(0), "{report:#}");
    assert_eq!(ids(&report, "holds").len(), 6, "{report:#}");
}

#[test]
fn clauses_that_the_profile_does_not_promise_are_nothing_to_judge() {
    let (status, error) = complaint(&deployment(), &["--profile", "dev", "--clause", "hardening.not-root"]);
    assert_eq!(status, Some(2));
    assert!(error.contains("no selected clause is promised under dev"), "{error}");
}

#[test]
fn without_compose_files_their_clauses_are_undeclared_and_not_to_be_asked_for() {
    let folder = deployment();
    for name in ["docker-compose.yml", "docker-compose.prod.yml"] {
        fs::remove_file(folder.path().join(name)).unwrap();
    }
    let (status, report) = verify(&folder, &DEV);
    assert_eq!(status, Some(0), "{report:#}");
    let undeclared = ids(&report, "undeclared");
    assert!(undeclared.contains(&"exposure.dev-ports".to_owned()), "{report:#}");
    let (status, report) = verify(&folder, &["--profile", "dev", "--clause", "exposure.dev-ports"]);
    assert_eq!((status, ids(&report, "skipped")), (Some(2), vec!["exposure.dev-ports".to_owned()]));
}

#[rstest]
fn a_name_that_no_certificate_covers_is_refused(#[values("", "a b", "-", "http://broker")] host: &str
) {
    let (status, error) = complaint(&deployment(), &["--host", host]);
    assert_eq!(status, Some(2));
    assert!(error.contains("is neither a DNS name nor an IP address"), "{error}");
}

/// Whatever it is shown as.
#[rstest]
fn a_report_without_a_verdict_has_status_2(#[values("text", "json", "junit")] format: &str) {
    let folder = deployment();
    fs::remove_file(folder.path().join("docker-compose.prod.yml")).unwrap();
    let (status, _) = complaint(&folder, &["--clause", "hardening.*", "--format", format]);
    assert_eq!(status, Some(2));
}

#[test]
fn text_for_a_person_has_no_colour_in_a_pipe_and_shows_the_evidence() {
    let folder = deployment();
    let file = folder.path().join("mosquitto/mosquitto.conf");
    fs::write(&file, fs::read_to_string(&file).unwrap().replace("listener 9001", "listener 9002")).unwrap();
    let output = mosquitto_fixtures()
        .args(["verify", "--profile", "dev", "--deployment"])
        .arg(folder.path())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.contains('\x1b'), "{text:?}");
    assert!(text.contains("BROKEN      websocket-answers"), "{text}");
    assert!(text.contains("mosquitto.conf has no listener on 9001"), "{text}");
    let last: Vec<&str> = text.lines().rev().take(3).collect();
    assert!(last[0].ends_with("2 broken, 1 skipped"), "{text}");
    assert!(last[2].contains("do        remove the listener"), "{text}");
    assert!(text.contains("also listening: [9002]"), "{text}");
    assert!(output.stderr.is_empty(), "progress is for a terminal");
}

#[test]
fn a_quiet_report_names_what_is_broken_with_its_line_and_nothing_else() {
    let folder = deployment();
    let file = folder.path().join("mosquitto/mosquitto.conf");
    let text = fs::read_to_string(&file).unwrap();
    let line = 1 + text.lines().position(|line| line == "allow_anonymous false").unwrap();
    fs::write(&file, text.replace("allow_anonymous false", "allow_anonymous true")).unwrap();
    let mut command = mosquitto_fixtures();
    command.args(["verify", "--quiet", "--profile", "dev", "--clause", "access.*", "--deployment"]);
    let output = command.arg(folder.path()).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("access.anonymous-refused (dev)") && !text.contains("wrong-password"), "{text}");
    assert!(text.contains(&format!("look at   mosquitto/mosquitto.conf:{line}")), "{text}");
}

#[test]
fn output_that_cannot_be_written_is_one_line_and_exit_status_2() {
    let (mut command, folder) = (mosquitto_fixtures(), deployment());
    command.args(["verify", "--profile", "dev", "--clause", "exposure.*", "--deployment"]).arg(folder.path());
    let output = command.stdout(fs::File::create("/dev/full").unwrap()).output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), error.lines().count()), (Some(2), 1), "{error}");
    assert!(error.contains("the output cannot be written"), "{error}");
}

#[test]
fn junit_has_a_case_for_each_clause() {
    let mut command = mosquitto_fixtures();
    command.args(["verify", "--format", "junit", "--clause", "access.*", "--profile", "dev", "--deployment"]);
    let output = command.arg(deployment().path()).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains(r#"tests="8""#) && text.contains(r#"failures="0""#), "{text}");
    assert!(text.contains("access.anonymous-refused"), "{text}");
}
