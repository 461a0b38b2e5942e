//! A deployment that is written in another way and just as sound breaks nothing.

use mosquitto_fixtures::contract::Outcome;
use rstest::rstest;
use std::fs;

use crate::deployment_copy::DeploymentCopy;

#[rstest]
#[case::tls_1_2_named_as_minimum(
    |copy: DeploymentCopy| copy.config("require_certificate false", "tls_version tlsv1.2")
)]
#[case::no_cafile(|copy: DeploymentCopy| copy.config("cafile /mosquitto/certs/ca.crt\n", ""))]
#[case::listeners_in_another_order(
    |copy: DeploymentCopy| copy
        .config("listener 9001\nprotocol websockets\n", "")
        .config("listener 1883\n", "listener 9001\nprotocol websockets\n\nlistener 1883\n")
)]
#[case::settings_per_listener(|copy: DeploymentCopy| {
    let access = "allow_anonymous false\npassword_file /mosquitto/certs/passwd\nacl_file /mosquitto/config/acl\n";
    copy.config(access, "per_listener_settings true\n")
        .config("listener 1883\n", &format!("listener 1883\n{access}"))
        .config("listener 8883\n", &format!("listener 8883\n{access}"))
        .config("listener 9001\n", &format!("listener 9001\n{access}"))
})]
#[case::listeners_in_an_included_file(|copy: DeploymentCopy| {
    let listener = "listener 9001\nprotocol websockets\n";
    fs::create_dir(copy.path("mosquitto/conf.d")).unwrap();
    fs::write(copy.path("mosquitto/conf.d/websocket.conf"), listener).unwrap();
    fs::write(copy.path("mosquitto/conf.d/empty.conf"), "# nothing\n").unwrap();
    copy.config(listener, "include_dir /mosquitto/config/conf.d\n")
})]
#[case::log_on_both_streams(|copy: DeploymentCopy| copy.config("log_dest stdout", "log_dest stdout\nlog_dest stderr"))]
#[case::log_times_as_numbers(|copy: DeploymentCopy| copy.config("log_timestamp_format %Y-%m-%dT%H:%M:%S\n", ""))]
#[case::short_queue(|copy: DeploymentCopy| copy.config("persistence true", "max_queued_messages 20\npersistence true"))]
#[case::one_message_in_flight(|copy: DeploymentCopy| copy.config("persistence true", "max_inflight_messages 1\npersistence true"))]
#[case::no_persistence(|copy: DeploymentCopy| copy.config("persistence true", "persistence false"))]
#[case::delayed_acknowledgements(|copy: DeploymentCopy| copy.config("set_tcp_nodelay true\n", ""))]
#[case::crlf_and_comments(|copy: DeploymentCopy| {
    let path = copy.path("mosquitto/mosquitto.conf");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("# a comment\n\n{text}\n# another\n")).unwrap();
    copy
})]
#[case::more_names_in_the_certificate(
    |copy: DeploymentCopy| copy.certificates(&["broker.example", "localhost", "mosquitto", "127.0.0.1", "*.plantops.example"])
)]
#[tokio::test]
async fn variation_breaks_nothing(#[case] vary: fn(DeploymentCopy) -> DeploymentCopy) {
    let report = vary(DeploymentCopy::new()).verify().await;
    assert_eq!(report.with(Outcome::Holds).count(), report.clauses.len(), "{report:#?}");
}
