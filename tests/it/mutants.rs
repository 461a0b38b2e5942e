//! A deployment broken on purpose in one way breaks the clauses that promise otherwise, and no other.
//!
//! Every clause on the broker but three has a mutant here: that a foreign CA is refused is the client's doing, and is proved
//! in `broker.rs` with a client that does not verify; compression and renegotiation are off in every Mosquitto, and
//! are found where they are on in `tests/offline/hello.rs`. Those on the certificate files have theirs in
//! `tests/offline/chain_clauses.rs`.

use std::collections::BTreeSet;

use mosquitto_fixtures::contract::Outcome;
use mosquitto_fixtures::pki::Authority;
use rstest::rstest;

use crate::deployment_copy::DeploymentCopy;
use crate::selections;

const SOUND: [&str; 4] = ["localhost", "mosquitto", "127.0.0.1", "::1"];

const TLS_LISTENER: &str = "listener 8883
protocol mqtt
cafile /mosquitto/certs/ca.crt
certfile /mosquitto/certs/server.crt
keyfile /mosquitto/certs/server.key
require_certificate false
";
const CERTIFICATES: &str = "cafile /mosquitto/certs/ca.crt
certfile /mosquitto/certs/server.crt
keyfile /mosquitto/certs/server.key
";

#[rstest]
#[case::unknown_option(
    |copy: DeploymentCopy| copy.config("persistence true", "persistance true"),
    &["listeners.broker-starts"],
)]
#[case::acl_file_is_garbage(
    |copy: DeploymentCopy| copy.acl("user backend", "usr backend"),
    &["listeners.broker-starts"],
)]
#[case::no_plain_listener(
    |copy: DeploymentCopy| copy.config("listener 1883\nprotocol mqtt\n", ""),
    &["listeners.mqtt-answers"],
)]
#[case::no_tls_listener(
    |copy: DeploymentCopy| copy.config(TLS_LISTENER, ""),
    &["listeners.tls-answers"],
)]
#[case::no_websocket_listener(
    |copy: DeploymentCopy| copy.config("listener 9001\nprotocol websockets\n", ""),
    &["listeners.websocket-answers"],
)]
#[case::plain_mqtt_on_the_websocket_port(
    |copy: DeploymentCopy| copy.config("protocol websockets", "protocol mqtt"),
    &["listeners.websocket-answers"],
)]
#[case::plaintext_on_the_tls_port(
    |copy: DeploymentCopy| copy.config(CERTIFICATES, ""),
    &["listeners.tls-answers", "tls.current-versions-accepted", "tls.no-plaintext"],
)]
#[case::tls_on_the_plain_port(
    |copy: DeploymentCopy| copy.config("listener 1883\nprotocol mqtt\n", &format!("listener 1883\n{CERTIFICATES}")),
    &["listeners.mqtt-answers", "tls.only-on-its-port"],
)]
#[case::another_listener(
    |copy: DeploymentCopy| copy.config("listener 9001", "listener 1884\n\nlistener 9001"),
    &["listeners.nothing-else"],
)]
#[case::log_in_a_file(
    |copy: DeploymentCopy| copy.config("log_dest stdout", "log_dest file /mosquitto/log/mosquitto.log"),
    &["listeners.log-names-each"],
)]
#[case::keep_alive_shorter_than_a_device_asks_for(
    |copy: DeploymentCopy| copy.config("persistence true", "max_keepalive 30\npersistence true"),
    &["listeners.keep-alive-accepted"],
)]
#[case::messages_of_ten_bytes_at_most(
    |copy: DeploymentCopy| copy.config("persistence true", "message_size_limit 10\npersistence true"),
    &["listeners.mqtt-delivers", "listeners.tls-delivers", "listeners.websocket-delivers"],
)]
#[case::log_without_what_an_operator_needs(
    |copy: DeploymentCopy| copy.config("log_dest stdout", "log_dest stdout\nlog_type error"),
    &["listeners.log-names-each"],
)]
#[case::no_qos_2_on_1883(
    |copy: DeploymentCopy| copy.config("listener 1883\n", "listener 1883\nmax_qos 1\n"),
    &["listeners.mqtt-delivers"],
)]
#[case::no_qos_2_on_8883(
    |copy: DeploymentCopy| copy.config("listener 8883\n", "listener 8883\nmax_qos 1\n"),
    &["listeners.tls-delivers"],
)]
#[case::no_qos_2_on_9001(
    |copy: DeploymentCopy| copy.config("listener 9001\n", "listener 9001\nmax_qos 1\n"),
    &["listeners.websocket-delivers"],
)]
#[case::no_retained_messages(
    |copy: DeploymentCopy| copy.config("persistence true", "retain_available false\npersistence true"),
    &[
        "access.sys-is-the-backends", "listeners.mqtt-delivers", "listeners.tls-delivers",
        "listeners.websocket-delivers",
    ],
)]
#[case::frontend_behind_a_mount_point(
    |copy: DeploymentCopy| copy.config("listener 9001\n", "listener 9001\nmount_point frontend/\n"),
    &["access.sys-is-the-backends", "listeners.across-delivers", "listeners.websocket-delivers"],
)]
#[case::certificate_for_another_host(
    |copy: DeploymentCopy| copy.certificates(&["broker.example"]),
    &["tls.names-covered"],
)]
#[case::certificate_without_the_service_name(
    |copy: DeploymentCopy| copy.certificates(&["localhost", "127.0.0.1"]),
    &["tls.names-covered"],
)]
#[case::another_authority_in_ca_crt(
    |copy: DeploymentCopy| copy
        .certificates(&SOUND)
        .overwrite("certs/ca.crt", &Authority::new().unwrap().certificate_pem()),
    &["tls.chain-complete"],
)]
#[case::namesake_of_the_authority_in_ca_crt(
    |copy: DeploymentCopy| copy.chain("trust.root-replaced"),
    &["tls.chain-verifies", "tls.names-covered"],
)]
#[case::path_length_exceeded(
    |copy: DeploymentCopy| copy.chain("constraints.path-length-exceeded"),
    &["tls.chain-verifies", "tls.names-covered"],
)]
#[case::intermediate_not_sent(
    |copy: DeploymentCopy| copy.chain("structure.intermediate-not-sent"),
    &["tls.chain-complete", "tls.names-covered"],
)]
#[case::certificate_expired(
    |copy: DeploymentCopy| copy.chain("validity.end-entity-expired"),
    &["tls.names-covered", "tls.valid-long-enough"],
)]
#[case::certificate_for_clients(
    |copy: DeploymentCopy| copy.chain("usages.client-alone"),
    &["tls.for-servers", "tls.names-covered"],
)]
#[case::common_name_alone(
    |copy: DeploymentCopy| copy.chain("names.common-name-alone"),
    &["tls.names-covered"],
)]
#[case::key_of_1024_bits(
    |copy: DeploymentCopy| copy.chain("keys.rsa-1024"),
    &["listeners.broker-starts", "tls.names-covered", "tls.strong"],
)]
#[case::key_of_another_certificate(
    |copy: DeploymentCopy| copy
        .certificates(&SOUND)
        .overwrite("certs/server.key", &Authority::new().unwrap().issue(&SOUND).unwrap().key_pem()),
    &["listeners.broker-starts", "tls.key-matches-certificate"],
)]
#[case::tls_1_1_allowed(
    |copy: DeploymentCopy| copy.config(
        "require_certificate false",
        "require_certificate false\ntls_version tlsv1.1\nciphers ALL:!aNULL:@SECLEVEL=0",
    ),
    &["tls.old-versions-refused"],
)]
#[case::tls_1_3_only(
    |copy: DeploymentCopy| copy.config("require_certificate false", "tls_version tlsv1.3"),
    &["tls.current-versions-accepted", "tls.esp32-shares-suite"],
)]
#[case::suite_that_no_device_has(
    |copy: DeploymentCopy| copy.config("require_certificate false", "ciphers ECDHE-ECDSA-CHACHA20-POLY1305"),
    &["tls.esp32-shares-suite"],
)]
#[case::suites_that_encrypt_or_authenticate_nothing(
    |copy: DeploymentCopy| copy.config("require_certificate false", "ciphers ALL:eNULL:aNULL:@SECLEVEL=0"),
    &["tls.weak-suites-refused"],
)]
#[case::client_certificates_required(
    |copy: DeploymentCopy| copy.config("require_certificate false", "require_certificate true"),
    &["listeners.tls-answers", "tls.current-versions-accepted", "tls.no-client-certificate"],
)]
#[case::anonymous_allowed(
    |copy: DeploymentCopy| copy.config("allow_anonymous false", "allow_anonymous true"),
    &["access.anonymous-refused"],
)]
#[case::no_password_file(
    |copy: DeploymentCopy| copy
        .config("allow_anonymous false", "allow_anonymous true")
        .config("password_file /mosquitto/certs/passwd\n", ""),
    &["access.anonymous-refused"],
)]
#[case::backend_unknown(
    |copy: DeploymentCopy| copy.certificates(&SOUND).overwrite("certs/passwd", ""),
    &["access.backend-accepted"],
)]
#[case::device_writes_its_own_commands(
    |copy: DeploymentCopy| copy.acl("pattern read plantops/%u/commands/#", "pattern readwrite plantops/%u/commands/#"),
    &["access.device-publish-confined"],
)]
#[case::device_writes_telemetry_of_others(
    |copy: DeploymentCopy| copy.acl("pattern write plantops/%u/telemetry/#", "pattern write plantops/+/telemetry/#"),
    &["access.device-publish-confined", "access.frontend-reads-only"],
)]
#[case::device_cannot_write_its_status(
    |copy: DeploymentCopy| copy.acl("pattern write plantops/%u/status/#\n", ""),
    &["access.device-publish-confined"],
)]
#[case::device_reads_commands_of_others(
    |copy: DeploymentCopy| copy.acl("pattern read plantops/%u/commands/#", "pattern read plantops/+/commands/#"),
    &["access.device-subscribe-confined"],
)]
#[case::frontend_writes(
    |copy: DeploymentCopy| copy.acl("topic read plantops/#", "topic readwrite plantops/#"),
    &["access.frontend-reads-only"],
)]
#[case::frontend_writes_as_if_it_were_a_device(
    |copy: DeploymentCopy| copy.acl("topic deny plantops/frontend/#\n", ""),
    &["access.frontend-reads-only"],
)]
#[case::frontend_cannot_read(
    |copy: DeploymentCopy| copy.acl("user frontend\n", "user frontent\n"),
    &["access.frontend-reads-only"],
)]
#[case::devices_without_rights(
    |copy: DeploymentCopy| copy
        .acl("pattern write plantops/%u/telemetry/#\n", "")
        .acl("pattern write plantops/%u/status/#\n", "")
        .acl("pattern read plantops/%u/commands/#\n", ""),
    &["access.device-publish-confined", "access.device-subscribe-confined"],
)]
#[case::acl_without_a_rule(
    |copy: DeploymentCopy| {
        std::fs::write(copy.path("mosquitto/acl"), "").unwrap();
        copy
    },
    &[
        "access.sys-is-the-backends", "listeners.across-delivers", "listeners.mqtt-delivers", "listeners.tls-delivers",
        "listeners.websocket-delivers",
    ],
)]
#[case::one_message_queued(
    |copy: DeploymentCopy| copy.config("persistence true", "max_queued_messages 1\npersistence true"),
    &["listeners.queue-has-room"],
)]
#[case::everybody_reads_sys(
    |copy: DeploymentCopy| copy.acl("pattern read", "pattern read $SYS/#\npattern read"),
    &["access.sys-is-the-backends"],
)]
#[case::backend_cannot_read_sys(
    |copy: DeploymentCopy| copy.acl("topic read $SYS/#\n", ""),
    &["access.sys-is-the-backends"],
)]
#[case::no_acl(
    |copy: DeploymentCopy| copy.config("acl_file /mosquitto/config/acl\n", ""),
    &[
        "access.device-publish-confined", "access.device-subscribe-confined", "access.frontend-reads-only",
        "access.sys-is-the-backends",
    ],
)]
#[tokio::test]
async fn mutant_is_killed(#[case] mutate: fn(DeploymentCopy) -> DeploymentCopy, #[case] broken: &[&str]) {
    let copy = mutate(DeploymentCopy::new());
    let report = copy.verify().await;
    let seen: BTreeSet<&str> = report.broken().into_iter().collect();
    let expected: BTreeSet<&str> = broken.iter().copied().collect();
    let evidence: Vec<_> = report.with(Outcome::Broken).collect();
    assert_eq!(seen, expected, "{evidence:#?}");
    selections::are_honest(&copy, &report).await;
}
