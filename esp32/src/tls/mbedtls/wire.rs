use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mbedtls::error::codes;
use mbedtls::ssl::io::Io;

/// Both directions of a connection, in memory. Mbed TLS drops its end when a handshake fails; the alert is still here.
#[derive(Clone, Default)]
pub(super) struct Wire {
    queues: Arc<Mutex<Queues>>,
}

#[derive(Default)]
struct Queues {
    incoming: VecDeque<u8>,
    outgoing: Vec<u8>,
}

impl Wire {
    pub(super) fn push_incoming(&self, ciphertext: &[u8]) {
        self.lock().incoming.extend(ciphertext);
    }

    pub(super) fn take_outgoing(&self) -> Vec<u8> {
        std::mem::take(&mut self.lock().outgoing)
    }

    /// Gives back the room of what was read.
    pub(super) fn shrink(&self) {
        self.lock().incoming.shrink_to_fit();
    }

    fn lock(&self) -> MutexGuard<'_, Queues> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Io for Wire {
    fn recv(&mut self, buf: &mut [u8]) -> mbedtls::Result<usize> {
        let mut queues = self.lock();
        let length = buf.len().min(queues.incoming.len());
        if length == 0 {
            return Err(codes::SslWantRead.into());
        }
        for (to, from) in buf.iter_mut().zip(queues.incoming.drain(..length)) {
            *to = from;
        }
        Ok(length)
    }

    fn send(&mut self, buf: &[u8]) -> mbedtls::Result<usize> {
        self.lock().outgoing.extend_from_slice(buf);
        Ok(buf.len())
    }
}
