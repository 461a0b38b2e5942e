//! What an attempt says of a peer that does one thing.

use std::time::{Duration, Instant};

use mosquitto_fixtures::client::{Attempt, Endpoint, Error, QoS, ReturnCode, Side, Transport, Verdict};
use mosquitto_fixtures::fixture::authority;
use mosquitto_fixtures::pki::Authority;
use rstest::rstest;

use crate::peer::{Behaviour, ClosedPort, Peer};

/// Fails soon where an answer was meant to come at once.
fn attempt(endpoint: Endpoint) -> Attempt {
    Attempt::new(endpoint).without_verification().deadline(Duration::from_secs(5))
}

#[rstest]
#[tokio::test]
async fn closed_port_is_unreachable(
    #[values(Transport::Tcp, Transport::Tls, Transport::WebSocket, Transport::WebSocketTls)]
    transport: Transport,
) {
    let port = ClosedPort::new();
    assert_eq!(attempt(port.endpoint(transport)).run().await.unwrap(), Verdict::Unreachable);
}

#[rstest]
#[case::mqtt(Transport::Tcp, Verdict::Closed)]
#[case::tls(Transport::Tls, Verdict::RefusedInTls { by: Side::Server, alert: None })]
#[case::websocket(Transport::WebSocket, Verdict::UpgradeRefused { status: None })]
#[case::websocket_tls(Transport::WebSocketTls, Verdict::RefusedInTls { by: Side::Server, alert: None })]
#[tokio::test]
async fn peer_that_closes_has_refused(#[case] transport: Transport, #[case] verdict: Verdict) {
    for behaviour in [Behaviour::Closes, Behaviour::ClosesWhenAsked] {
        let peer = Peer::new(behaviour).await;
        assert_eq!(attempt(peer.endpoint(transport)).run().await.unwrap(), verdict);
    }
}

#[rstest]
#[tokio::test]
async fn silence_is_an_error(
    #[values(Transport::Tcp, Transport::Tls, Transport::WebSocket, Transport::WebSocketTls)]
    transport: Transport,
) {
    let peer = Peer::new(Behaviour::Silent).await;
    let (begin, deadline) = (Instant::now(), Duration::from_millis(50));
    let error = attempt(peer.endpoint(transport)).deadline(deadline).run().await.unwrap_err();
    assert!(begin.elapsed() >= deadline);
    assert!(
        matches!(error, Error::Timeout { awaited: "CONNACK", after, .. } if after == deadline),
        "{error}"
    );
    assert!(error.to_string().ends_with(": no CONNACK within 50ms"), "{error}");
}

/// A peer that says nothing more after its CONNACK.
#[tokio::test]
async fn what_was_not_answered_is_named() {
    let peer = Peer::answering([0x20, 2, 0, 0]).await;
    let attempt = attempt(peer.endpoint(Transport::Tcp)).deadline(Duration::from_millis(50));
    let mut client = attempt.connect().await.unwrap();
    let error = client.subscribe("plants/#", QoS::AtLeastOnce).await.unwrap_err();
    assert!(error.to_string().ends_with(": no SUBACK for plants/# within 50ms"), "{error}");
    let error = client.publish("plants/fern", "dry", QoS::AtLeastOnce).await.unwrap_err();
    assert!(error.to_string().ends_with(": no acknowledgement for plants/fern within 50ms"), "{error}");
    // It may have taken effect all the same, but nobody has said so.
    let error = client.receive().await.unwrap_err();
    assert!(
        error.to_string().ends_with(": no message within 50ms, and this client has subscribed to nothing"),
        "{error}"
    );
}

/// A header that promises more than comes is no answer yet.
#[tokio::test]
async fn half_a_packet_is_an_error() {
    let peer = Peer::answering([0x20, 2, 0]).await;
    let short = attempt(peer.endpoint(Transport::Tcp)).deadline(Duration::from_millis(50));
    assert!(matches!(short.run().await.unwrap_err(), Error::Timeout { .. }));
}

#[rstest]
#[case::accepted(0, Verdict::Accepted)]
#[case::version(1, Verdict::RefusedAtConnect { code: ReturnCode::UnacceptableProtocolVersion })]
#[case::identifier(2, Verdict::RefusedAtConnect { code: ReturnCode::IdentifierRejected })]
#[case::unavailable(3, Verdict::RefusedAtConnect { code: ReturnCode::ServerUnavailable })]
#[case::malformed(4, Verdict::RefusedAtConnect { code: ReturnCode::BadUserNameOrPassword })]
#[case::not_authorised(5, Verdict::RefusedAtConnect { code: ReturnCode::NotAuthorised })]
#[case::reserved(6, Verdict::NotMqtt)]
#[case::of_mqtt_5(0x87, Verdict::NotMqtt)]
#[tokio::test]
async fn return_code_is_the_verdict(#[case] code: u8, #[case] verdict: Verdict) {
    let connack = vec![0x20, 2, 0, code];
    let peer = Peer::answering(connack.clone()).await;
    assert_eq!(attempt(peer.endpoint(Transport::Tcp)).run().await.unwrap(), verdict);
    let peer = Peer::new(Behaviour::WebSocket(vec![connack])).await;
    assert_eq!(attempt(peer.endpoint(Transport::WebSocket)).run().await.unwrap(), verdict);
}

/// Frames and packets have nothing to do with each other (MQTT 3.1.1, section 6.0.0).
#[tokio::test]
async fn packet_may_span_frames() {
    let frames = vec![vec![0x20], vec![], vec![2, 0], vec![5]];
    let peer = Peer::new(Behaviour::WebSocket(frames)).await;
    let verdict = attempt(peer.endpoint(Transport::WebSocket)).run().await.unwrap();
    assert_eq!(verdict, Verdict::RefusedAtConnect { code: ReturnCode::NotAuthorised });
}

#[tokio::test]
async fn refusal_at_connect_gives_no_connection() {
    let peer = Peer::answering([0x20, 2, 0, 5]).await;
    let error = attempt(peer.endpoint(Transport::Tcp)).login("nobody", "x").connect().await.unwrap_err();
    let Error::Refused { verdict, .. } = &error else { panic!("{error}") };
    assert_eq!(*verdict, Verdict::RefusedAtConnect { code: ReturnCode::NotAuthorised });
    assert!(error.to_string().ends_with(": refused at CONNECT, return code 5 (not authorised)"), "{error}");
}

#[rstest]
#[case::zeroes(&[0; 64])]
#[case::noise(&[0xff; 64])]
#[case::another_packet(&[0xd0, 0])]
#[case::http(b"HTTP/1.0 403 Forbidden\r\ncontent-type: text/html\r\ncontent-length: 38\r\n\r\n<html><body><h1>403</h1></body></html>")]
#[tokio::test]
async fn rubbish_is_not_mqtt(#[case] bytes: &[u8]) {
    let peer = Peer::answering(bytes).await;
    assert_eq!(attempt(peer.endpoint(Transport::Tcp)).run().await.unwrap(), Verdict::NotMqtt);
    let peer = Peer::new(Behaviour::WebSocket(vec![bytes.to_vec()])).await;
    assert_eq!(attempt(peer.endpoint(Transport::WebSocket)).run().await.unwrap(), Verdict::NotMqtt);
}

#[rstest]
#[case::forbidden("403 Forbidden", 403)]
#[case::bad_request("400 Bad Request", 400)]
#[case::no_upgrade("200 OK", 200)]
#[case::elsewhere("302 Found", 302)]
#[tokio::test]
async fn http_status_refuses_an_upgrade(#[case] status: &str, #[case] number: u16) {
    let peer = Peer::answering(format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n")).await;
    let verdict = attempt(peer.endpoint(Transport::WebSocket)).run().await.unwrap();
    assert_eq!(verdict, Verdict::UpgradeRefused { status: Some(number) });
}

#[tokio::test]
async fn upgrade_with_a_wrong_key_is_refused() {
    let answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n";
    let peer = Peer::answering(answer).await;
    let verdict = attempt(peer.endpoint(Transport::WebSocket)).run().await.unwrap();
    assert_eq!(verdict, Verdict::UpgradeRefused { status: None });
}

#[tokio::test]
async fn host_that_cannot_be_looked_up_is_no_verdict() {
    let error = attempt(Endpoint::new(Transport::Tcp, "a\0b", 1883)).run().await.unwrap_err();
    assert!(matches!(error, Error::Unfit { .. }), "{error}");
}

#[rstest]
#[tokio::test]
async fn tls_without_a_trust_anchor_is_an_error(
    #[values(Transport::Tls, Transport::WebSocketTls)] transport: Transport,
) {
    let error = Attempt::new(ClosedPort::new().endpoint(transport)).run().await.unwrap_err();
    assert!(matches!(error, Error::NoTrustAnchor { .. }), "{error}");
}

#[rstest]
#[tokio::test]
async fn impossible_server_name_is_an_error(authority: Authority) {
    let attempt = Attempt::new(ClosedPort::new().endpoint(Transport::Tls)).trust(authority.certificate_der());
    let error = attempt.server_name("two words").run().await.unwrap_err();
    assert!(matches!(&error, Error::ServerName(name) if name == "two words"), "{error}");
}

#[rstest]
#[case::tcp(Transport::Tcp, "broker.test", "mqtt://broker.test:7")]
#[case::tls(Transport::Tls, "broker.test", "mqtts://broker.test:7")]
#[case::websocket(Transport::WebSocket, "127.0.0.1", "ws://127.0.0.1:7/mqtt")]
#[case::websocket_tls(Transport::WebSocketTls, "::1", "wss://[::1]:7/mqtt")]
fn endpoint_is_a_url(#[case] transport: Transport, #[case] host: &str, #[case] url: &str) {
    assert_eq!(Endpoint::new(transport, host, 7).to_string(), url);
}
