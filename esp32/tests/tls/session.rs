//! A connection from the first byte to the last.

use esp32_sim::client::{Authentication, EspError, TransportError};
use esp32_sim::tls::{Session, Stack};
use rustls::ServerConfig;

use crate::pki::{self, Ca};
use crate::record::{ALERT, APPLICATION_DATA, records};
use crate::server::{self, Server};
use crate::stacks::{Device, STACKS};

/// Bytes that GCM adds in TLS 1.2: an explicit nonce and a tag (RFC 5288, 3).
const GCM_OVERHEAD: usize = 8 + 16;

fn broker(ca: &Ca) -> ServerConfig {
    server::config(pki::leaf(pki::leaf_params(), ca))
}

fn handshake_failed(stack_err: u16) -> TransportError {
    let esp_err = EspError::MBEDTLS_SSL_HANDSHAKE_FAILED;
    TransportError { esp_err, stack_err, verify_flags: 0, sock_errno: 0 }
}

/// Both ends, after Finished.
fn connected(stack: Stack) -> (Box<dyn Session>, Server) {
    let ca = pki::ca("the CA");
    let mut server = Server::new(broker(&ca));
    let mut session = Device::trusting(&ca.pem()).connect(stack);
    assert_eq!(server.exchange(&mut *session).client, Ok(()));
    assert!(!session.is_handshaking());
    server.received.clear();
    (session, server)
}

fn bytes(length: usize) -> Vec<u8> {
    (0..length).map(|index| u8::try_from(index % 251).unwrap()).collect()
}

#[test]
fn a_full_record_arrives_whole() {
    for stack in STACKS {
        let (mut session, mut server) = connected(*stack);
        let sent = bytes(16 * 1024);
        server.write(&sent);
        assert_eq!(server.exchange(&mut *session).client, Ok(()));
        let mut read = b"before".to_vec();
        assert_eq!(session.read(&mut read), Ok(sent.len()), "{stack:?}");
        assert_eq!(read, [b"before".as_slice(), &sent].concat());
        assert_eq!(session.read(&mut read), Ok(0));
    }
}

#[test]
fn a_record_arrives_also_byte_by_byte() {
    for stack in STACKS {
        let (mut session, mut server) = connected(*stack);
        server.write(b"CONNACK");
        for byte in server.bytes() {
            session.receive(&[byte]).unwrap();
        }
        let mut read = Vec::new();
        session.read(&mut read).unwrap();
        assert_eq!(read, b"CONNACK", "{stack:?}");
    }
}

#[test]
fn a_handshake_succeeds_also_byte_by_byte() {
    for stack in STACKS {
        let ca = pki::ca("the CA");
        let mut server = Server::new(broker(&ca));
        let mut session = Device::trusting(&ca.pem()).connect(*stack);
        while session.is_handshaking() {
            server.take(&std::mem::take(session.transmit()));
            for byte in server.bytes() {
                session.receive(&[byte]).unwrap();
            }
        }
        server.take(session.transmit());
        assert!(!server.connection.is_handshaking(), "{stack:?}");
    }
}

#[test]
fn records_of_a_device_hold_at_most_4096_bytes() {
    for stack in STACKS {
        let (mut session, mut server) = connected(*stack);
        let sent = bytes(10_000);
        session.write(&sent).unwrap();
        assert_eq!(server.exchange(&mut *session).client, Ok(()));
        let lengths: Vec<usize> = records(&server.received)
            .iter()
            .map(|record| {
                assert_eq!(record.content_type, APPLICATION_DATA);
                record.payload.len() - GCM_OVERHEAD
            })
            .collect();
        assert_eq!(lengths, [4096, 4096, 1808], "{stack:?}");
        assert_eq!(server.read(), sent, "{stack:?}");
    }
}

#[test]
fn nothing_is_sent_for_no_plaintext() {
    for stack in STACKS {
        let (mut session, _server) = connected(*stack);
        session.write(b"").unwrap();
        assert!(session.transmit().is_empty(), "{stack:?}");
    }
}

#[test]
fn close_notify_is_sent_and_noticed() {
    for stack in STACKS {
        let (mut session, mut server) = connected(*stack);
        server.connection.send_close_notify();
        assert_eq!(server.exchange(&mut *session).client, Ok(()));
        assert!(session.close_notify_received(), "{stack:?}");
        assert_eq!(session.end_of_stream().esp_err, EspError::TCP_CLOSED_FIN, "{stack:?}");
        session.close();
        let sent = std::mem::take(session.transmit());
        assert_eq!(
            records(&sent).iter().map(|record| record.content_type).collect::<Vec<_>>(),
            [ALERT],
            "{stack:?}"
        );
    }
}

#[test]
fn nothing_can_be_written_before_the_handshake_or_after_close_notify() {
    for stack in STACKS {
        let mut session = Device::trusting(&pki::ca("the CA").pem()).connect(*stack);
        assert_eq!(
            session.write(b"CONNECT").unwrap_err().esp_err,
            EspError::MBEDTLS_SSL_WRITE_FAILED,
            "{stack:?}"
        );
        let (mut session, mut server) = connected(*stack);
        session.close();
        assert_eq!(
            session.write(b"CONNECT").unwrap_err().esp_err,
            EspError::MBEDTLS_SSL_WRITE_FAILED,
            "{stack:?}"
        );
        server.write(b"late");
        assert_eq!(session.receive(&server.bytes()), Ok(()), "{stack:?}");
    }
}

#[test]
fn an_end_without_close_notify_is_a_read_error() {
    for stack in STACKS {
        let (session, _server) = connected(*stack);
        let expected = TransportError {
            esp_err: EspError::MBEDTLS_SSL_READ_FAILED,
            stack_err: 0x7280,
            ..TransportError::default()
        };
        assert_eq!(session.end_of_stream(), expected, "{stack:?}");
    }
}

#[test]
fn a_forged_record_is_a_read_error() {
    for stack in STACKS {
        let (mut session, mut server) = connected(*stack);
        server.write(b"CONNACK");
        let mut forged = server.bytes();
        *forged.last_mut().unwrap() ^= 1;
        let expected = TransportError {
            esp_err: EspError::MBEDTLS_SSL_READ_FAILED,
            stack_err: 0x7180,
            ..TransportError::default()
        };
        assert_eq!(session.receive(&forged), Err(expected), "{stack:?}");
        assert_eq!(session.read(&mut Vec::new()), Err(expected), "{stack:?}");
        assert_eq!(session.receive(b"more"), Err(expected), "{stack:?}");
    }
}

#[test]
fn the_end_of_the_stream_in_the_handshake_is_an_eof() {
    for stack in STACKS {
        let session = Device::trusting(&pki::ca("the CA").pem()).connect(*stack);
        assert_eq!(session.end_of_stream(), handshake_failed(0x7280), "{stack:?}");
    }
}

#[test]
fn a_broker_without_a_common_suite_answers_with_an_alert() {
    for stack in STACKS {
        let mut session = Device::trusting(&pki::ca("the CA").pem()).connect(*stack);
        session.transmit().clear();
        let handshake_failure = [21, 3, 3, 0, 2, 2, 40];
        assert_eq!(session.receive(&handshake_failure), Err(handshake_failed(0x7780)), "{stack:?}");
        assert!(session.transmit().is_empty(), "{stack:?}");
    }
}

#[test]
fn close_notify_in_the_handshake_ends_it_in_one_way_or_the_other() {
    for stack in STACKS {
        let mut session = Device::trusting(&pki::ca("the CA").pem()).connect(*stack);
        let received = session.receive(&[21, 3, 3, 0, 2, 1, 0]);
        match stack {
            // rustls believes no alert that is not authenticated, and waits for the end of the stream.
            Stack::Rustls => {
                assert_eq!(received, Ok(()));
                assert_eq!(session.end_of_stream(), handshake_failed(0x7280));
            }
            #[cfg(feature = "mbedtls")]
            Stack::Mbedtls => assert_eq!(received, Err(handshake_failed(0x7880))),
        }
    }
}

#[test]
fn a_client_certificate_is_shown_and_its_refusal_is_an_alert() {
    let ca = pki::ca("the CA");
    let trusted = pki::client(&ca);
    let foreign = pki::client(&pki::ca("another CA"));
    for stack in STACKS {
        let outcome = |authentication: &Authentication| {
            let shown = pki::leaf(pki::leaf_params(), &ca);
            let mut server = Server::new(server::mutual_config(shown, ca.der()));
            let mut device = Device::trusting(&ca.pem());
            device.authentication = authentication.clone();
            server.exchange(&mut *device.connect(*stack)).client
        };
        assert_eq!(outcome(&trusted), Ok(()), "{stack:?}");
        assert_eq!(outcome(&foreign), Err(handshake_failed(0x7780)), "{stack:?}");
        assert_eq!(outcome(&Authentication::default()), Err(handshake_failed(0x7780)), "{stack:?}");
    }
}

/// What the server answers to a ClientHello.
fn first_flight(server: &mut Server, device: &Device, stack: Stack) -> Vec<u8> {
    let mut session = device.connect(stack);
    server.take(session.transmit());
    server.bytes()
}

#[test]
fn a_handshake_that_ends_at_any_byte_is_an_eof_and_no_panic() {
    let ca = pki::ca("the CA");
    for stack in STACKS {
        let device = Device::trusting(&ca.pem());
        let flight = first_flight(&mut Server::new(broker(&ca)), &device, *stack);
        for length in 0..flight.len() {
            let mut session = device.connect(*stack);
            // The flight belongs to another ClientHello; what fails, fails at its signature, which is at the end.
            let received = session.receive(&flight[..length]);
            assert!(session.is_handshaking(), "{stack:?}, {length} bytes");
            match received {
                Ok(()) => {
                    assert_eq!(session.end_of_stream(), handshake_failed(0x7280), "{stack:?}, {length} bytes")
                }
                Err(error) => assert_eq!(error.esp_err, EspError::MBEDTLS_SSL_HANDSHAKE_FAILED),
            }
        }
    }
}

#[test]
fn a_damaged_handshake_is_an_error_and_no_panic() {
    let ca = pki::ca("the CA");
    for stack in STACKS {
        let device = Device::trusting(&ca.pem());
        let flight = first_flight(&mut Server::new(broker(&ca)), &device, *stack);
        for index in 0..flight.len() {
            let mut damaged = flight.clone();
            damaged[index] ^= 0x55;
            let mut session = device.connect(*stack);
            // Without an error it waits for the rest of a message that was made longer.
            let _ = session.receive(&damaged);
            assert!(session.is_handshaking(), "{stack:?}, byte {index}");
            assert_eq!(session.end_of_stream().esp_err, EspError::MBEDTLS_SSL_HANDSHAKE_FAILED);
        }
    }
}
