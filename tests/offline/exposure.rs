//! What Compose publishes, judged by the contract on files that are right and on files that are wrong in one way.

use rstest::rstest;

use crate::paper::{PRODUCTION, broken};
use crate::project::Project;

/// This repository's Compose files with one text replaced in the production override.
fn project(old: &str, new: &str) -> Project {
    Project::of_repository().replace(PRODUCTION, old, new)
}

const PORTS: &str = "    ports: !override\n      - \"${MQTT_TLS_PORT:-8883}:8883\"\n";
const ONLY_TLS: &[&str] = &["exposure.prod-only-tls"];

#[rstest]
#[case::as_it_is("", "", &[])]
#[case::loopback_alone("\"${MQTT_TLS_PORT", "\"127.0.0.1:${MQTT_TLS_PORT", &[])]
#[case::long_form(
    "- \"${MQTT_TLS_PORT:-8883}:8883\"", "- {target: 8883, published: \"8883\", protocol: tcp, mode: host}", &[],
)]
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
#[case::plaintext_behind_a_variable(
    "ports: !override",
    "ports: !override\n      - \"${UNHEARD_OF:-1883}:${UNHEARD_OF:-1883}\"",
    ONLY_TLS
)]
#[case::udp_too("ports: !override", "ports: !override\n      - \"8883:8883/udp\"", ONLY_TLS)]
#[case::second_service(PORTS, &format!("{PORTS}  relay:\n    image: relay\n    ports: [\"1883:1883\"]\n"), ONLY_TLS)]
#[case::second_service_of_a_profile_that_is_off(
    PORTS, &format!("{PORTS}  relay:\n    image: relay\n    profiles: [debug]\n    ports: [\"1883:1883\"]\n"), &[],
)]
#[case::service_that_extends_the_broker(
    PORTS, &format!("{PORTS}  copy:\n    extends: {{file: docker-compose.yml, service: mosquitto}}\n"), ONLY_TLS,
)]
#[case::host_network(
    PORTS, "    ports: !reset []\n    network_mode: host\n",
    &["exposure.prod-only-tls", "exposure.no-host-network"],
)]
#[case::docker_socket(
    "    volumes:\n", "    volumes:\n      - /var/run/docker.sock:/var/run/docker.sock\n",
    &["exposure.no-docker-socket"],
)]
#[case::privileged(PORTS, &format!("{PORTS}    privileged: true\n"), &["exposure.no-privileged-container"])]
#[tokio::test]
async fn override_breaks(#[case] old: &str, #[case] new: &str, #[case] expected: &[&str]) {
    assert_eq!(broken(&project(old, new), "prod", "exposure").await, expected);
}

#[tokio::test]
async fn service_of_an_included_file_that_publishes_breaks() {
    let project = project("services:\n", "include: [relay.yml]\nservices:\n");
    project.write("relay.yml", "services: {relay: {image: relay, ports: [\"1883:1883\"]}}");
    assert_eq!(broken(&project, "prod", "exposure").await, ONLY_TLS);
}

#[tokio::test]
async fn base_that_publishes_less_breaks_the_clause_of_development() {
    let port = "      - \"${MQTT_WS_PORT:-9001}:9001\"\n";
    let project = Project::of_repository().replace("docker-compose.yml", port, "");
    assert_eq!(broken(&project, "dev", "exposure").await, ["exposure.dev-ports"]);
}
