use std::sync::{Arc, OnceLock};

use rustls::Error;
use rustls::client::{ClientConnectionData, UnbufferedClientConnection};
use rustls::unbuffered::{ConnectionState, EncryptError, UnbufferedStatus, WriteTraffic};

use super::error_code::error_code;
use super::objection::Objection;
use super::outgoing::{Refusal, append};
use crate::client::TransportError;
use crate::tls::failure::{self, stack_err};
use crate::tls::session::{Session, hand_over};

/// A connection of rustls. Between two calls it holds the bytes of an unfinished record and what was not fetched yet.
pub(super) struct RustlsSession {
    connection: UnbufferedClientConnection,
    incoming: Vec<u8>,
    plaintext: Vec<u8>,
    outgoing: Vec<u8>,
    /// What there is against the server's certificate.
    objection: Arc<OnceLock<Objection>>,
    reports_verify_flags: bool,
    close_notify_received: bool,
    close_notify_sent: bool,
    failed: Option<TransportError>,
}

impl RustlsSession {
    pub(super) fn new(
        connection: UnbufferedClientConnection,
        objection: Arc<OnceLock<Objection>>,
        reports_verify_flags: bool,
    ) -> Result<Self, TransportError> {
        let mut session = Self {
            connection,
            incoming: Vec::new(),
            plaintext: Vec::new(),
            outgoing: Vec::new(),
            objection,
            reports_verify_flags,
            close_notify_received: false,
            close_notify_sent: false,
            failed: None,
        };
        session.advance()?;
        Ok(session)
    }

    /// Goes on until the peer must speak.
    fn advance(&mut self) -> Result<(), TransportError> {
        loop {
            let UnbufferedStatus { discard, state, .. } =
                self.connection.process_tls_records(&mut self.incoming);
            let goes_on = match state {
                Ok(ConnectionState::EncodeTlsData(mut data)) => {
                    append(&mut self.outgoing, |room| data.encode(room).map_err(Refusal::from)).map(|()| true)
                }
                Ok(ConnectionState::TransmitTlsData(data)) => {
                    data.done();
                    Ok(true)
                }
                Ok(ConnectionState::ReadTraffic(mut traffic)) => {
                    while let Some(Ok(record)) = traffic.next_record() {
                        self.plaintext.extend_from_slice(record.payload);
                    }
                    Ok(true)
                }
                Ok(ConnectionState::PeerClosed) => {
                    self.close_notify_received = true;
                    Ok(true)
                }
                Ok(_) => Ok(false),
                Err(error) => Err(error),
            };
            self.incoming.drain(..discard);
            match goes_on {
                Ok(true) => {}
                Ok(false) => {
                    self.incoming.shrink_to_fit();
                    return Ok(());
                }
                Err(error) => {
                    let failure = self.failure(&error);
                    return Err(self.fail(failure));
                }
            }
        }
    }

    /// Queues the alert that goes with a failure, and keeps the failure.
    fn fail(&mut self, failure: TransportError) -> TransportError {
        // No further: rustls would read the record that failed again.
        while self.objection.get().is_none_or(Objection::has_alert) && self.connection.wants_write() {
            let state = self.connection.process_tls_records(&mut []).state;
            let Ok(ConnectionState::EncodeTlsData(mut data)) = state else { break };
            if append(&mut self.outgoing, |room| data.encode(room).map_err(Refusal::from)).is_err() {
                break;
            }
        }
        self.incoming = Vec::new();
        self.failed = Some(failure);
        failure
    }

    fn failure(&self, error: &Error) -> TransportError {
        if !self.is_handshaking() {
            return failure::read(error_code(error));
        }
        match self.objection.get() {
            None => failure::handshake(error_code(error), 0),
            Some(objection) => objection.failure(self.reports_verify_flags),
        }
    }

    /// Lets `write` fill a part of the outgoing buffer, which it may ask to be larger.
    fn encrypt(
        &mut self,
        write: impl Fn(&mut WriteTraffic<'_, ClientConnectionData>, &mut [u8]) -> Result<usize, EncryptError>,
    ) -> Result<(), TransportError> {
        let broken = |_: Error| failure::write(stack_err::SSL_INTERNAL_ERROR);
        if let Some(failure) = self.failed {
            return Err(failure::write(failure.stack_err));
        }
        let UnbufferedStatus { discard, state, .. } = self.connection.process_tls_records(&mut self.incoming);
        let written = match state {
            Ok(ConnectionState::WriteTraffic(mut traffic)) => {
                append(&mut self.outgoing, |room| write(&mut traffic, room).map_err(Refusal::from))
            }
            Ok(_) => Err(Error::HandshakeNotComplete),
            Err(error) => Err(error),
        };
        self.incoming.drain(..discard);
        written.map_err(broken)
    }
}

impl Session for RustlsSession {
    fn receive(&mut self, ciphertext: &[u8]) -> Result<(), TransportError> {
        if let Some(failure) = self.failed {
            return Err(failure);
        }
        self.incoming.extend_from_slice(ciphertext);
        self.advance()
    }

    fn transmit(&mut self) -> &mut Vec<u8> {
        if self.outgoing.is_empty() {
            self.outgoing = Vec::new();
        }
        &mut self.outgoing
    }

    fn is_handshaking(&self) -> bool {
        self.connection.is_handshaking()
    }

    fn read(&mut self, plaintext: &mut Vec<u8>) -> Result<usize, TransportError> {
        hand_over(&mut self.plaintext, self.failed, plaintext)
    }

    fn write(&mut self, plaintext: &[u8]) -> Result<(), TransportError> {
        if self.close_notify_sent {
            return Err(failure::write(stack_err::SSL_INTERNAL_ERROR));
        }
        self.encrypt(|traffic, room| traffic.encrypt(plaintext, room))
    }

    fn close_notify_received(&self) -> bool {
        self.close_notify_received
    }

    fn close(&mut self) {
        if !self.is_handshaking() && !self.close_notify_sent {
            // After an error there is nobody to say goodbye to.
            let _ = self.encrypt(|traffic, room| traffic.queue_close_notify(room));
            self.close_notify_sent = true;
        }
    }

    fn end_of_stream(&self) -> TransportError {
        self.failed
            .unwrap_or_else(|| failure::end_of_stream(self.is_handshaking(), self.close_notify_received))
    }
}
