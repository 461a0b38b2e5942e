//! Ready means that each listener has answered.

use std::fs;

use mosquitto_fixtures::broker::{Broker, Error};
use mosquitto_fixtures::client::Transport;
use mosquitto_fixtures::deployment::{Deployment, Line};
use rstest::rstest;

use crate::deployment_copy::DeploymentCopy;

const TLS: &str = "cafile /mosquitto/certs/ca.crt\ncertfile /mosquitto/certs/server.crt\nkeyfile /mosquitto/certs/server.key\n";

/// A deployment with this configuration and throwaway certificates.
async fn start(config: &str, line: Line) -> Result<Broker, Error> {
    let copy = DeploymentCopy::new();
    fs::write(copy.path("mosquitto/mosquitto.conf"), config).unwrap();
    let deployment = Deployment::open(copy.root()).unwrap();
    Broker::deployment(&deployment).throwaway_certificates().line(line).start().await
}

#[rstest]
#[tokio::test]
async fn listener_for_the_containers_own_machine_is_no_endpoint(
    #[values(Line::V2_0, Line::V2_1)] line: Line,
) {
    let broker = start("allow_anonymous true\nlistener 1883 127.0.0.1\nlistener 1884\n", line).await.unwrap();
    let endpoints = broker.endpoints();
    assert_eq!(endpoints.len(), 1, "{endpoints:?}");
    assert!(broker.attempt(Transport::Tcp).unwrap().run().await.unwrap().is_accepted());
}

#[rstest]
#[case::loopback(
    "\nlistener 1883 127.0.0.1\n",
    "its listener 1883 (",
    "mosquitto.conf:2) is for the loopback interface, where no published port leads: take the address out of the configuration"
)]
#[case::no_listener(
    "allow_anonymous true\n",
    "the configuration has no `listener`",
    ", and then nobody else is served: add `listener 1883`"
)]
#[tokio::test]
async fn broker_for_the_containers_own_machine_alone_is_not_ready(
    #[case] config: &str,
    #[case] what: &str,
    #[case] advice: &str,
    #[values(Line::V2_0, Line::V2_1)] line: Line,
) {
    let error = start(config, line).await.unwrap_err().to_string();
    let expected = format!("the broker runs, but only its own container can reach it: {what}");
    assert!(error.starts_with(&expected) && error.ends_with(advice), "{error}");
}

/// The engine's port proxy comes by IPv4.
#[rstest]
#[case::mqtt("")]
#[case::tls(TLS)]
#[case::websocket("protocol websockets\n")]
#[tokio::test]
async fn listener_that_only_the_engines_proxy_answers_for_is_not_ready(
    #[case] options: &str,
    #[values(Line::V2_0, Line::V2_1)] line: Line,
) {
    let config = format!("allow_anonymous true\nlistener 1884\nlistener 1883 ::\n{options}");
    let error = start(&config, line).await.unwrap_err().to_string();
    assert!(error.starts_with("the broker runs, but its listener 1883 ("), "{error}");
    assert!(error.contains("mosquitto.conf:3) does not answer a CONNECT at "), "{error}");
    let advice = ": inside the container it listens on :: alone, where no published port leads: take the address out of the configuration";
    assert!(error.ends_with(advice), "{error}");
}

#[rstest]
#[case::nobody_is_let_in("allow_anonymous false\nlistener 1883\n", Transport::Tcp)]
#[case::no_long_packet("allow_anonymous true\nmax_packet_size 20\nlistener 1883\n", Transport::Tcp)]
#[case::no_empty_identifier(
    "allow_anonymous true\nallow_zero_length_clientid false\nlistener 1883\n",
    Transport::Tcp
)]
#[case::short_keep_alive("allow_anonymous true\nmax_keepalive 30\nlistener 1883\n", Transport::Tcp)]
#[case::certificate_of_the_client(
    "allow_anonymous true\nlistener 1883\nrequire_certificate true\n",
    Transport::Tls
)]
#[case::tls_1_2_and_certificate(
    "allow_anonymous true\nlistener 1883\ntls_version tlsv1.2\nrequire_certificate true\n",
    Transport::Tls
)]
#[tokio::test]
async fn a_refusal_is_an_answer(
    #[case] config: &str,
    #[case] transport: Transport,
    #[values(Line::V2_0, Line::V2_1)] line: Line,
) {
    let options = if transport.has_tls() { TLS } else { "" };
    let broker = start(&format!("{config}{options}"), line).await.unwrap();
    assert_eq!(broker.endpoint(transport).unwrap().transport, transport);
}

/// 2.1 can ask for a header that says who comes through a proxy.
#[tokio::test]
async fn a_listener_that_closes_every_connection_is_not_ready() {
    let config = "allow_anonymous true\nlistener 1883\nenable_proxy_protocol 2\n";
    let error = start(config, Line::V2_1).await.unwrap_err().to_string();
    assert!(
        error.contains("closed without CONNACK; does it ask for a pre-shared key or a PROXY header"),
        "{error}"
    );
}
