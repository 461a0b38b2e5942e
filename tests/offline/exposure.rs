//! What Compose publishes, judged by the contract on files that are right and on files that are wrong in one way.

use mosquitto_fixtures::contract::{Clause, Evidence, Outcome, Verification, verify};
use rstest::rstest;

use crate::project::{Project, REPOSITORY};

/// This repository's Compose files with one text replaced in the production override.
fn project(old: &str, new: &str) -> Project {
    let project = Project::with_config("listener 8883\n");
    let read = |name: &str| std::fs::read_to_string(format!("{REPOSITORY}/{name}")).unwrap();
    let prod = read("docker-compose.prod.yml");
    assert!(prod.contains(old), "{old:?} is not there to be replaced");
    project.write("docker-compose.yml", read("docker-compose.yml"));
    project.write("docker-compose.prod.yml", prod.replace(old, new));
    project
}

fn is_exposure(clause: &Clause) -> bool {
    clause.id.starts_with("exposure.")
}

/// The broken clauses. No broker is started for them.
async fn broken(project: &Project) -> Vec<&'static str> {
    let deployment = project.open().unwrap();
    let report = verify(&deployment, &Verification::default(), is_exposure, |_| {}).await.unwrap();
    assert!(report.broker.is_none() && !report.is_unjudged(), "{report:#?}");
    assert_eq!(report.clauses.len(), 5);
    report.broken()
}

const PORTS: &str = "    ports: !override\n      - \"${MQTT_TLS_PORT:-8883}:8883\"\n";
const ONLY_TLS: &[&str] = &["exposure.prod-only-tls"];

#[rstest]
#[case::as_it_is("", "", &[])]
#[case::loopback_alone("\"${MQTT_TLS_PORT", "\"127.0.0.1:${MQTT_TLS_PORT", &[])]
#[case::naive_list_is_appended("ports: !override", "ports:", ONLY_TLS)]
#[case::reset_with_values_publishes_nothing("ports: !override", "ports: !reset", ONLY_TLS)]
#[case::plaintext_on_another_host_address(
    "ports: !override",
    "ports: !override\n      - \"127.0.0.1:1883:1883\"",
    ONLY_TLS
)]
#[case::range_that_covers_the_websocket(
    "ports: !override",
    "ports: !override\n      - \"9000-9002:9000-9002\"",
    ONLY_TLS
)]
#[case::udp_too("ports: !override", "ports: !override\n      - \"8883:8883/udp\"", ONLY_TLS)]
#[case::second_service(PORTS, &format!("{PORTS}  relay:\n    image: relay\n    ports: [\"1883:1883\"]\n"), ONLY_TLS)]
#[case::host_network(
    PORTS, "    ports: !reset []\n    network_mode: host\n",
    &["exposure.prod-only-tls", "exposure.no-host-network"],
)]
#[case::docker_socket(
    PORTS, &format!("{PORTS}    volumes: [\"/var/run/docker.sock:/var/run/docker.sock\"]\n"),
    &["exposure.no-docker-socket"],
)]
#[case::privileged(PORTS, &format!("{PORTS}    privileged: true\n"), &["exposure.no-privileged-container"])]
#[tokio::test]
async fn override_breaks(#[case] old: &str, #[case] new: &str, #[case] expected: &[&str]) {
    assert_eq!(broken(&project(old, new)).await, expected);
}

#[tokio::test]
async fn base_that_publishes_less_breaks_the_clause_of_development() {
    let project = project("", "");
    let base = project.read("docker-compose.yml");
    project.write("docker-compose.yml", base.replace("      - \"${MQTT_WS_PORT:-9001}:9001\"\n", ""));
    assert_eq!(broken(&project).await, ["exposure.dev-ports"]);
}

#[tokio::test]
async fn files_that_compose_refuses_break_the_clauses_with_its_reason() {
    let project = project(PORTS, "    ports: [\n");
    let deployment = project.open().unwrap();
    let report = verify(&deployment, &Verification::default(), is_exposure, |_| {}).await.unwrap();
    assert_eq!(report.with(Outcome::Broken).count(), 4);
    let clause = report.with(Outcome::Broken).next().unwrap();
    let Evidence::Broken { expected, seen, .. } = &clause.evidence else { panic!("{clause:?}") };
    assert!(expected.contains("docker-compose.prod.yml") && !seen.is_empty(), "{clause:?}");
}

#[tokio::test]
async fn without_compose_files_nothing_is_judged() {
    let project = Project::with_config("listener 8883\n");
    assert_eq!(broken(&project).await, Vec::<&str>::new());
}
