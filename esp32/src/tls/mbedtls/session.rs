use std::sync::Arc;

use mbedtls::error::codes;
use mbedtls::ssl::io::Io;
use mbedtls::ssl::{Config, Context};

use super::config::code;
use super::wire::Wire;
use crate::client::TransportError;
use crate::tls::failure::{self, stack_err};
use crate::tls::session::{Session, hand_over};

/// Plaintext bytes that are fetched at once.
const CHUNK: usize = 4096;

/// A connection of Mbed TLS: 33 KiB of buffers in C, whatever is in them.
pub(super) struct MbedtlsSession {
    context: Context<Wire>,
    wire: Wire,
    outgoing: Vec<u8>,
    plaintext: Vec<u8>,
    is_handshaking: bool,
    close_notify_received: bool,
    /// After which the context has let go of the wire.
    close_notify_sent: bool,
    failed: Option<TransportError>,
    reports_verify_flags: bool,
    out_content_len: usize,
}

impl MbedtlsSession {
    pub(super) fn new(
        config: Arc<Config>,
        name: &str,
        reports_verify_flags: bool,
        out_content_len: usize,
    ) -> Result<Self, TransportError> {
        let wire = Wire::default();
        let mut context = Context::new(config);
        let begun = context.establish(wire.clone(), Some(name));
        let mut session = Self {
            context,
            wire,
            outgoing: Vec::new(),
            plaintext: Vec::new(),
            is_handshaking: true,
            close_notify_received: false,
            close_notify_sent: false,
            failed: None,
            reports_verify_flags,
            out_content_len,
        };
        session.handshaken(begun)?;
        session.collect();
        Ok(session)
    }

    fn advance(&mut self) -> Result<(), TransportError> {
        if self.is_handshaking {
            let went = self.context.handshake();
            self.handshaken(went)?;
        }
        if self.is_handshaking { Ok(()) } else { self.fetch() }
    }

    /// What a step of the handshake came to.
    fn handshaken(&mut self, went: mbedtls::Result<()>) -> Result<(), TransportError> {
        match went {
            Ok(()) => {
                self.is_handshaking = false;
                Ok(())
            }
            Err(error) if error.high_level() == Some(codes::SslWantRead) => Ok(()),
            Err(error) => {
                let failure = failure::handshake(code(&error), self.verify_flags(&error));
                self.failed = Some(failure);
                Err(failure)
            }
        }
    }

    fn verify_flags(&self, error: &mbedtls::Error) -> u32 {
        if !self.reports_verify_flags {
            return 0;
        }
        match (code(error), self.context.verify_result()) {
            // As Mbed TLS has it; the binding knows only the bits that have names.
            (stack_err::X509_FATAL_ERROR, _) => u32::MAX,
            (stack_err::X509_CERT_VERIFY_FAILED | stack_err::SSL_BAD_CERTIFICATE, Err(flags)) => flags.bits(),
            _ => 0,
        }
    }

    /// Fetches all plaintext that is there.
    fn fetch(&mut self) -> Result<(), TransportError> {
        let mut chunk = [0; CHUNK];
        while !self.close_notify_received {
            match self.context.recv(&mut chunk) {
                Ok(0) => self.close_notify_received = true,
                Ok(length) => self.plaintext.extend(chunk.iter().take(length)),
                Err(error) => match error.high_level() {
                    Some(codes::SslWantRead) => break,
                    Some(codes::SslPeerCloseNotify) => self.close_notify_received = true,
                    _ => {
                        let failure = failure::read(code(&error));
                        self.failed = Some(failure);
                        return Err(failure);
                    }
                },
            }
        }
        self.wire.shrink();
        Ok(())
    }

    fn collect(&mut self) {
        self.outgoing.append(&mut self.wire.take_outgoing());
    }
}

impl Session for MbedtlsSession {
    fn receive(&mut self, ciphertext: &[u8]) -> Result<(), TransportError> {
        if let Some(failure) = self.failed {
            return Err(failure);
        }
        if self.close_notify_sent {
            return Ok(());
        }
        self.wire.push_incoming(ciphertext);
        let advanced = self.advance();
        self.collect();
        advanced
    }

    fn transmit(&mut self) -> &mut Vec<u8> {
        if self.outgoing.is_empty() {
            self.outgoing = Vec::new();
        }
        &mut self.outgoing
    }

    fn is_handshaking(&self) -> bool {
        self.is_handshaking
    }

    fn read(&mut self, plaintext: &mut Vec<u8>) -> Result<usize, TransportError> {
        hand_over(&mut self.plaintext, self.failed, plaintext)
    }

    fn write(&mut self, plaintext: &[u8]) -> Result<(), TransportError> {
        let sent = match self.failed {
            Some(failure) => Err(failure::write(failure.stack_err)),
            None if self.is_handshaking || self.close_notify_sent => {
                Err(failure::write(stack_err::SSL_INTERNAL_ERROR))
            }
            // The wire takes all of a record, so that none is sent by halves.
            None => plaintext.chunks(self.out_content_len).try_for_each(|chunk| {
                self.context.send(chunk).map(|_| ()).map_err(|error| failure::write(code(&error)))
            }),
        };
        self.collect();
        sent
    }

    fn close_notify_received(&self) -> bool {
        self.close_notify_received
    }

    fn close(&mut self) {
        if !self.is_handshaking && !self.close_notify_sent && self.failed.is_none() {
            self.context.close();
            self.close_notify_sent = true;
            self.collect();
        }
    }

    fn end_of_stream(&self) -> TransportError {
        self.failed.unwrap_or_else(|| failure::end_of_stream(self.is_handshaking, self.close_notify_received))
    }
}
