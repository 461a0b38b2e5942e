//! Production as real Compose starts it: what answers, what survives, and what each mistake breaks.

use std::collections::BTreeSet;
use std::fs;
use std::net::{IpAddr, TcpStream};

use mosquitto_fixtures::broker::{Broker, Line};
use mosquitto_fixtures::contract::{Outcome, Report};
use mosquitto_fixtures::deployment::Compose;
use mosquitto_fixtures::pki::Authority;
use rstest::rstest;

use crate::deployment_copy::DeploymentCopy;
use crate::docker::{Health, docker};
use crate::stack::Stack;

/// The line of `docker-compose.yml` that mounts a file of `certs/`.
fn mount(name: &str) -> String {
    format!("      - {{<<: *file, source: ./certs/{name}, target: /mosquitto/certs/{name}}}\n")
}

fn broken(report: &Report) -> BTreeSet<&'static str> {
    report.broken().into_iter().collect()
}

#[rstest]
#[case::plain_listener_that_is_not_published(
    |copy: DeploymentCopy| copy.production("listener 8883\n", "listener 1883\n\nlistener 8883\n"),
    &["exposure.network-reaches-only-tls", "listeners.nothing-else"],
)]
#[case::configuration_of_development(
    |copy: DeploymentCopy| copy.replace("docker-compose.prod.yml", "mosquitto.prod.conf", "mosquitto.conf"),
    &["exposure.network-reaches-only-tls", "listeners.nothing-else"],
)]
#[case::anonymous_allowed(
    |copy: DeploymentCopy| copy.production("allow_anonymous false", "allow_anonymous true"),
    &["access.anonymous-refused", "hardening.health-check-verifies"],
)]
#[case::plaintext_on_the_tls_port(
    |copy: DeploymentCopy| copy
        .production("certfile /mosquitto/certs/server.crt\n", "")
        .production("keyfile /mosquitto/certs/server.key\n", "")
        .production("cafile /mosquitto/certs/ca.crt\n", ""),
    &[
        "hardening.health-check-verifies", "listeners.tls-answers", "permissions.no-authority-key",
        "tls.current-versions-accepted", "tls.no-plaintext",
    ],
)]
#[case::no_health_check(
    |copy: DeploymentCopy| copy.replace(
        "docker-compose.prod.yml", "    read_only: true\n", "    read_only: true\n    healthcheck: {disable: true}\n",
    ),
    &["hardening.health-check-verifies"],
)]
#[case::health_check_that_asks_for_an_open_port(
    |copy: DeploymentCopy| copy.replace(
        "docker-compose.prod.yml", "    read_only: true\n",
        "    read_only: true\n    healthcheck: {test: \"nc -w 1 localhost 8883 </dev/null\"}\n",
    ),
    &["hardening.health-check-verifies"],
)]
#[case::health_check_that_looks_at_the_data(
    |copy: DeploymentCopy| copy.replace(
        "docker-compose.prod.yml", "    read_only: true\n",
        "    read_only: true\n    healthcheck: {test: \"[ -d /mosquitto/data ] && [ -r /mosquitto/certs/server.key ]\"}\n",
    ),
    &["hardening.health-check-verifies"],
)]
#[case::health_check_that_never_passes(
    |copy: DeploymentCopy| copy.replace(
        "docker-compose.prod.yml", "    read_only: true\n",
        "    read_only: true\n    healthcheck: {test: [CMD, \"false\"]}\n",
    ),
    &["hardening.health-check-verifies"],
)]
#[case::broker_that_never_says_that_it_runs(
    |copy: DeploymentCopy| copy.replace(
        "docker-compose.prod.yml", "    read_only: true\n",
        "    read_only: true\n    entrypoint: [sh, -c, \"echo starting; exec sleep 60\"]\n",
    ),
    &["listeners.broker-starts"],
)]
#[tokio::test]
async fn mutant_of_production_is_killed(
    #[case] mutate: fn(DeploymentCopy) -> DeploymentCopy,
    #[case] expected: &[&str],
) {
    let report = mutate(DeploymentCopy::with_compose()).verify_production_once(Line::V2_0).await;
    let evidence: Vec<_> = report.with(Outcome::Broken).collect();
    assert_eq!(broken(&report), expected.iter().copied().collect(), "{evidence:#?}");
}

#[rstest]
#[case::no_persistence(
    |copy: DeploymentCopy| copy.production("persistence true", "persistence false"),
    &["hardening.data-survives"],
)]
#[case::anonymous_volume(
    |copy: DeploymentCopy| copy.replace("docker-compose.yml", "- data:/mosquitto/data", "- /mosquitto/data"),
    &["hardening.data-kept", "hardening.data-survives"],
)]
#[case::user_who_may_not_write_the_data(
    |copy: DeploymentCopy| copy.replace("docker-compose.prod.yml", "1883:1883", "1000:1000"),
    &["hardening.data-survives"],
)]
#[tokio::test]
async fn mutant_that_loses_data_is_killed(
    #[case] mutate: fn(DeploymentCopy) -> DeploymentCopy,
    #[case] expected: &[&str],
    #[values(Line::V2_0, Line::V2_1)] line: Line,
) {
    let report = mutate(DeploymentCopy::with_compose()).verify_production_alone(line).await;
    let evidence: Vec<_> = report.with(Outcome::Broken).collect();
    assert_eq!(broken(&report), expected.iter().copied().collect(), "{evidence:#?}");
}

#[rstest]
#[case::certificates_as_one_folder(|copy: DeploymentCopy| copy
    .replace("docker-compose.yml", &mount("passwd"), "")
    .replace("docker-compose.yml", &mount("ca.crt"), "")
    .replace("docker-compose.yml", &mount("server.crt"), "")
    .replace("docker-compose.yml", &mount("server.key"), "      - ./certs:/mosquitto/certs:ro\n"))]
#[case::key_as_a_secret(|copy: DeploymentCopy| copy
    .replace("docker-compose.yml", &mount("server.key"), "")
    .replace("docker-compose.yml", "    restart:", "    secrets: [tls_key]\n    restart:")
    .replace("docker-compose.yml", "volumes:\n  data:", "secrets: {tls_key: {file: ./certs/server.key}}\nvolumes:\n  data:")
    .production("/mosquitto/certs/server.key", "/run/secrets/tls_key")
    .config("/mosquitto/certs/server.key", "/run/secrets/tls_key"))]
#[case::service_of_another_name(|copy: DeploymentCopy| copy
    .replace("docker-compose.yml", "  mosquitto:\n", "  broker:\n")
    .replace("docker-compose.prod.yml", "  mosquitto:\n", "  broker:\n"))]
#[case::configuration_named_by_the_command(|copy: DeploymentCopy| copy
    .replace("docker-compose.prod.yml", "target: /mosquitto/config/mosquitto.conf", "target: /etc/broker.conf")
    .replace("docker-compose.prod.yml", "    read_only:", "    command: [mosquitto, -c, /etc/broker.conf]\n    read_only:"))]
#[case::data_in_a_folder_of_the_host(|copy: DeploymentCopy| {
    fs::create_dir(copy.path("data")).unwrap();
    // Whoever may write there: 1883, where only root can say so.
    fs::set_permissions(copy.path("data"), std::os::unix::fs::PermissionsExt::from_mode(0o777)).unwrap();
    copy.replace("docker-compose.yml", "- data:/mosquitto/data", "- ./data:/mosquitto/data")
})]
#[tokio::test]
async fn variation_of_production_breaks_nothing(#[case] vary: fn(DeploymentCopy) -> DeploymentCopy) {
    let copy = vary(DeploymentCopy::with_compose());
    let report = copy.verify_production(Line::V2_0).await;
    assert_eq!(report.with(Outcome::Holds).count(), report.clauses.len(), "{report:#?}");
    let data = fs::read_dir(copy.path("data")).into_iter().flatten().count();
    assert_eq!(data, 0, "nothing of the deployment is written to");
}

/// Every TCP port on which the broker's container answers this machine, published or not.
fn answering(broker: &Broker) -> BTreeSet<u16> {
    let format = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}";
    let inspect = ["inspect", "--format", format, broker.container_id()];
    let address: IpAddr = docker(&inspect).parse().unwrap();
    // A closed port of a container answers at once.
    (1..=u16::MAX).filter(|port| TcpStream::connect((address, *port)).is_ok()).collect()
}

#[rstest]
#[case::development(&["docker-compose.yml"], &[1883, 8883, 9001])]
#[case::production(&["docker-compose.yml", "docker-compose.prod.yml"], &[8883])]
#[tokio::test]
async fn stack_answers_on_its_ports_and_on_no_other(#[case] files: &[&str], #[case] expected: &[u16]) {
    let copy = DeploymentCopy::with_compose();
    let composed = Compose::find().unwrap().open(copy.root(), files).unwrap();
    let mut broker = Broker::composed(&composed).throwaway_certificates().start().await.unwrap();
    assert_eq!(answering(&broker), expected.iter().copied().collect());
    let published: Vec<_> = broker.endpoints().into_iter().map(|endpoint| endpoint.host).collect();
    assert_eq!(published, vec!["127.0.0.1"; expected.len()]);
    let endpoints = broker.endpoints();
    broker.down_and_up().await.unwrap();
    assert_eq!(broker.endpoints(), endpoints, "it has answered there");
}

#[rstest]
fn stack_turns_unhealthy_when_its_certificate_is_no_longer_accepted(
    #[values(Line::V2_0, Line::V2_1)] line: Line,
) {
    let stack = Stack::production(line);
    let up = stack.compose(&["up", "--detach"]);
    assert!(up.status.success(), "{}", String::from_utf8_lossy(&up.stderr));
    let mut health = Health::of(&stack.running()[0]);
    health.turns("healthy");
    // A renewal by another authority, in place, as the mounts of single files need it.
    let foreign = Authority::new().unwrap().issue(&["localhost", "mosquitto"]).unwrap();
    let copy = stack.copy();
    for (name, text) in
        [("certs/server.crt", foreign.certificate_pem()), ("certs/server.key", foreign.key_pem())]
    {
        let permissions = fs::metadata(copy.path(name)).unwrap().permissions();
        fs::write(copy.path(name), text).unwrap();
        fs::set_permissions(copy.path(name), permissions).unwrap();
    }
    stack.compose(&["kill", "--signal", "HUP", "mosquitto"]);
    health.turns("unhealthy");
}
