//! A lone ClientHello, and what its answer says.

use mosquitto_fixtures::client::{
    Alert, Choice, Hello, ProtocolVersion, Renegotiation, Side, Transport, Verdict,
};
use rstest::rstest;

use crate::openssl::Server;
use crate::peer::{Behaviour, ClosedPort, Peer};

async fn said(peer: &Peer, version: ProtocolVersion) -> Verdict {
    Hello::new(version).run(&peer.endpoint(Transport::Tls)).await.unwrap()
}

fn refused(by: Side, alert: Alert) -> Verdict {
    Verdict::RefusedInTls { by, alert: Some(alert) }
}

/// The start of a ServerHello in a record: type 2, a length, a version, and what matters no more.
fn server_hello(version: u8) -> Vec<u8> {
    let message = [&[2, 0, 0, 38, 3, version][..], &[0; 36]].concat();
    [&[22, 3, 3, 0, message.len() as u8][..], &message].concat()
}

#[rstest]
#[case::tls_1_0(ProtocolVersion::Tls1_0, 1)]
#[case::tls_1_1(ProtocolVersion::Tls1_1, 2)]
#[case::tls_1_2(ProtocolVersion::Tls1_2, 3)]
#[tokio::test]
async fn server_hello_of_its_version_accepts(#[case] version: ProtocolVersion, #[case] wire: u8) {
    assert_eq!(said(&Peer::answering(server_hello(wire)).await, version).await, Verdict::Accepted);
    for other in (1..=4).filter(|other| *other != wire) {
        let verdict = said(&Peer::answering(server_hello(other)).await, version).await;
        assert_eq!(verdict, refused(Side::Client, Alert::PROTOCOL_VERSION), "3, {other}");
    }
}

#[rstest]
#[tokio::test]
async fn alert_refuses(
    #[values(ProtocolVersion::Tls1_0, ProtocolVersion::Tls1_1, ProtocolVersion::Tls1_2)]
    version: ProtocolVersion,
    #[values(Alert::PROTOCOL_VERSION, Alert::HANDSHAKE_FAILURE, Alert::INTERNAL_ERROR)] alert: Alert,
) {
    let peer = Peer::answering([21, 3, 1, 0, 2, 2, alert.0]).await;
    assert_eq!(said(&peer, version).await, refused(Side::Server, alert));
}

/// What refuses it must not be a fault in the ClientHello: OpenSSL takes each version where it may.
#[rstest]
#[case::tls_1_0(ProtocolVersion::Tls1_0, "TLSv1")]
#[case::tls_1_1(ProtocolVersion::Tls1_1, "TLSv1.1")]
#[case::tls_1_2(ProtocolVersion::Tls1_2, "TLSv1.2")]
#[tokio::test]
async fn openssl_answers_the_version_it_is_held_to(#[case] version: ProtocolVersion, #[case] name: &str) {
    let server = Server::new(&["-min_protocol", name, "-max_protocol", name]);
    for offered in [ProtocolVersion::Tls1_0, ProtocolVersion::Tls1_1, ProtocolVersion::Tls1_2] {
        let verdict = Hello::new(offered).run(&server.endpoint()).await.unwrap();
        assert_eq!(verdict.is_accepted(), offered == version, "{offered}: {verdict}");
    }
}

#[rstest]
#[case::tls_1_0(ProtocolVersion::Tls1_0)]
#[case::tls_1_1(ProtocolVersion::Tls1_1)]
#[tokio::test]
async fn openssl_that_wants_tls_1_2_says_so(#[case] version: ProtocolVersion) {
    let server = Server::new(&["-min_protocol", "TLSv1.2"]);
    let verdict = Hello::new(version).run(&server.endpoint()).await.unwrap();
    assert_eq!(verdict, refused(Side::Server, Alert::PROTOCOL_VERSION));
}

#[rstest]
#[case::closes(Behaviour::Closes)]
#[case::closes_when_asked(Behaviour::ClosesWhenAsked)]
#[tokio::test]
async fn closing_refuses_without_an_alert(#[case] behaviour: Behaviour) {
    let verdict = said(&Peer::new(behaviour).await, ProtocolVersion::Tls1_0).await;
    assert_eq!(verdict, Verdict::RefusedInTls { by: Side::Server, alert: None });
}

#[rstest]
#[case::mqtt(&[0x20, 2, 0, 0, 0])]
#[case::empty_record(&[22, 3, 3, 0, 0])]
#[case::another_message(&[22, 3, 3, 0, 4, 14, 0, 0, 0])]
#[tokio::test]
async fn answer_that_is_no_server_hello_is_no_acceptance(#[case] answer: &[u8]) {
    let verdict = said(&Peer::answering(answer).await, ProtocolVersion::Tls1_2).await;
    assert_eq!(verdict, refused(Side::Client, Alert::PROTOCOL_VERSION));
}

#[tokio::test]
async fn closed_port_is_unreachable() {
    let port = ClosedPort::new();
    let verdict = Hello::new(ProtocolVersion::Tls1_2).run(&port.endpoint(Transport::Tls)).await.unwrap();
    assert_eq!(verdict, Verdict::Unreachable);
}

#[rstest]
#[case::sound(0xC02B)]
#[case::nobody_is_authenticated(0xC018)]
#[case::nothing_is_encrypted(0xC006)]
#[tokio::test]
async fn openssl_that_allows_every_suite_takes_the_one_it_is_offered(#[case] suite: u16) {
    let server = Server::new(&["-cipher", "ALL:eNULL:aNULL:@SECLEVEL=0"]);
    let hello = Hello::new(ProtocolVersion::Tls1_2).suites(&[suite]);
    let choice = hello.choice(&server.endpoint()).await.unwrap().unwrap();
    assert_eq!(choice, Choice { suite, compression: 0 });
}

#[tokio::test]
async fn openssl_refuses_a_suite_that_it_does_not_have() {
    let server = Server::new(&["-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256"]);
    let hello = Hello::new(ProtocolVersion::Tls1_2).suites(&[0xC006, 0x0005]);
    let verdict = hello.choice(&server.endpoint()).await.unwrap().unwrap_err();
    assert_eq!(verdict, refused(Side::Server, Alert::HANDSHAKE_FAILURE));
}

#[rstest]
#[case::none(0)]
#[case::deflate(1)]
#[tokio::test]
async fn chosen_compression_is_seen(#[case] compression: u8) {
    let mut answer = server_hello(3);
    *answer.last_mut().unwrap() = compression;
    let peer = Peer::answering(answer).await;
    let hello = Hello::new(ProtocolVersion::Tls1_2).compression();
    let choice = hello.choice(&peer.endpoint(Transport::Tls)).await.unwrap().unwrap();
    assert_eq!(choice.compression, compression);
}

#[rstest]
#[case::allowed(&["-client_renegotiation"], Renegotiation::Accepted)]
#[case::by_default(&[], Renegotiation::Refused)]
#[case::without_tls_1_2(&["-tls1_3"], Renegotiation::NoHandshake)]
#[tokio::test]
async fn renegotiation_is_what_the_server_allows(
    #[case] arguments: &[&str],
    #[case] expected: Renegotiation,
) {
    let server = Server::new(arguments);
    assert_eq!(Renegotiation::ask(&server.endpoint()).await.unwrap(), expected);
}
