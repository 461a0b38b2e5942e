use std::future::pending;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::Interest;
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use super::setup::Setup;
use crate::client::{EspError, TransportError};
use crate::tls::Session;

/// A connection to the broker, with TLS or without.
pub(super) struct Transport {
    stream: TcpStream,
    session: Option<Box<dyn Session>>,
}

/// How long the two steps of opening took.
#[derive(Clone, Copy, Debug)]
pub(super) struct Opened {
    pub(super) tcp: Duration,
    pub(super) tls: Option<Duration>,
}

/// What the socket said.
#[derive(Debug)]
pub(super) enum Read {
    Bytes,
    Nothing,
    /// The socket failed before a byte was read.
    PollFailed,
    Closed(TransportError),
}

impl Transport {
    /// Resolves the name anew, takes its first address, and shakes hands. `network.timeout` is for all of it.
    pub(super) async fn open(setup: &Setup) -> Result<(Self, Opened), TransportError> {
        let limit = setup.config.network.timeout;
        let begun = Instant::now();
        let stream = timeout(limit, connect(setup)).await.unwrap_or(Err(TransportError {
            sock_errno: ETIMEDOUT,
            ..failure(EspError::CONNECTION_TIMEOUT)
        }))?;
        let tcp = begun.elapsed();
        let mut transport = Self { stream, session: None };
        let Some(connector) = &setup.connector else {
            return Ok((transport, Opened { tcp, tls: None }));
        };
        let connector = connector.as_ref().map_err(|error| *error)?;
        transport.session = Some(connector.connect()?);
        let left = limit.saturating_sub(tcp);
        let late = failure(EspError::SERVER_HANDSHAKE_TIMEOUT);
        timeout(left, transport.shake_hands()).await.unwrap_or(Err(late))?;
        Ok((transport, Opened { tcp, tls: Some(begun.elapsed() - tcp) }))
    }

    async fn shake_hands(&mut self) -> Result<(), TransportError> {
        let Some(session) = &mut self.session else { return Ok(()) };
        let broken = failure(EspError::MBEDTLS_SSL_HANDSHAKE_FAILED);
        loop {
            write(&self.stream, session.transmit()).map_err(|error| with_errno(broken, &error))?;
            if !session.is_handshaking() && session.transmit().is_empty() {
                return Ok(());
            }
            let interest = interest(!session.transmit().is_empty());
            self.stream.ready(interest).await.map_err(|error| with_errno(broken, &error))?;
            let mut bytes = [0; READ];
            match self.stream.try_read(&mut bytes) {
                Ok(0) => return Err(session.end_of_stream()),
                Ok(length) => {
                    let received = session.receive(&bytes[..length]);
                    if received.is_err() {
                        // The alert is what the broker is told.
                        let _ = write(&self.stream, session.transmit());
                        return received;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(with_errno(session.end_of_stream(), &error)),
            }
        }
    }

    /// Takes of `outbound` what can be written now, and says how much that was.
    pub(super) fn write(&mut self, outbound: &[u8]) -> Result<usize, TransportError> {
        let failed = |error: io::Error| with_errno(failure(EspError::MBEDTLS_SSL_WRITE_FAILED), &error);
        let Some(session) = &mut self.session else {
            return match self.stream.try_write(outbound) {
                Ok(length) => Ok(length),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(0),
                Err(error) => Err(with_errno(failure(EspError::OK), &error)),
            };
        };
        write(&self.stream, session.transmit()).map_err(failed)?;
        // While the socket takes nothing, the client is to see that.
        if !session.transmit().is_empty() || outbound.is_empty() {
            return Ok(0);
        }
        session.write(outbound)?;
        write(&self.stream, session.transmit()).map_err(failed)?;
        Ok(outbound.len())
    }

    pub(super) fn stream(&self) -> &TcpStream {
        &self.stream
    }

    /// Whether bytes wait for the socket below the client.
    pub(super) fn is_blocked(&mut self) -> bool {
        self.session.as_mut().is_some_and(|session| !session.transmit().is_empty())
    }

    /// Appends plaintext.
    pub(super) fn read(&mut self, plaintext: &mut Vec<u8>) -> Read {
        let mut bytes = [0; READ];
        let length = match self.stream.try_read(&mut bytes) {
            Ok(0) => return Read::Closed(failure(EspError::TCP_CLOSED_FIN)),
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Read::Nothing,
            Err(_) => return Read::PollFailed,
        };
        let Some(session) = &mut self.session else {
            plaintext.extend_from_slice(&bytes[..length]);
            return Read::Bytes;
        };
        match session.receive(&bytes[..length]).and_then(|()| session.read(plaintext)) {
            Ok(0) if session.close_notify_received() => Read::Closed(failure(EspError::TCP_CLOSED_FIN)),
            Ok(_) => Read::Bytes,
            Err(error) => Read::Closed(error),
        }
    }

    /// The next hop, not the device, tells the broker.
    pub(super) fn reset(self) {
        let _ = self.stream.set_zero_linger();
    }
}

/// Waits for bytes, and, when something is left to write, for room.
pub(super) async fn ready(stream: Option<&TcpStream>, blocked: bool) {
    match stream {
        Some(stream) => {
            // A failure shows when it is read.
            let _ = stream.ready(interest(blocked)).await;
        }
        None => pending().await,
    }
}

/// `errno` of a SYN that is not answered.
const ETIMEDOUT: i32 = 110;

/// Bytes of one read: a record of the device's own size.
const READ: usize = 4096;

async fn connect(setup: &Setup) -> Result<TcpStream, TransportError> {
    let host = setup.config.broker.hostname.as_str();
    let not_found = failure(EspError::CANNOT_RESOLVE_HOSTNAME);
    if setup.dns.is_lost() {
        return Err(not_found);
    }
    let found = tokio::net::lookup_host((host, setup.port)).await;
    let address = found.ok().and_then(|mut addresses| addresses.next()).ok_or(not_found)?;
    let refused = |error: io::Error| with_errno(failure(EspError::FAILED_CONNECT_TO_HOST), &error);
    let local = |error: io::Error| with_errno(failure(EspError::CANNOT_CREATE_SOCKET), &error);
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }.map_err(local)?;
    if let Some(window) = setup.config.kconfig.tcp_wnd_default {
        socket.set_recv_buffer_size(window).map_err(local)?;
        socket.set_send_buffer_size(window).map_err(local)?;
    }
    if let Some(source) = setup.source {
        socket.bind(SocketAddr::new(source, 0)).map_err(local)?;
    }
    let stream = socket.connect(address).await.map_err(refused)?;
    // The chip's stack does not hold a small packet back for 40 ms.
    stream.set_nodelay(true).map_err(local)?;
    Ok(stream)
}

fn write(stream: &TcpStream, bytes: &mut Vec<u8>) -> io::Result<()> {
    while !bytes.is_empty() {
        match stream.try_write(bytes) {
            Ok(length) => drop(bytes.drain(..length)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
            Err(error) => return Err(error),
        }
    }
    *bytes = Vec::new();
    Ok(())
}

fn interest(blocked: bool) -> Interest {
    if blocked { Interest::READABLE | Interest::WRITABLE } else { Interest::READABLE }
}

fn failure(esp_err: EspError) -> TransportError {
    TransportError { esp_err, ..TransportError::default() }
}

fn with_errno(codes: TransportError, error: &io::Error) -> TransportError {
    TransportError { sock_errno: error.raw_os_error().unwrap_or_default(), ..codes }
}
