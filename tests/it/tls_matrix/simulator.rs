use std::io::{self, Read, Write};
use std::sync::Arc;
use std::time::SystemTime;

use esp32_sim::client::{Authentication, TransportError, Verification};
use esp32_sim::tls::{Connector, Profile, Session, Stack};
use mbedtls::error::{Error, HiError, codes};
use mbedtls::x509::VerifyError;
use openssl::error::ErrorStack;
use openssl::pkey::PKey;
use openssl::x509::X509;

use super::client::{Dates, Identity, Meeting};
use super::mqtt;
use super::outcome::Outcome;
use super::wire::{Wire, passed};

/// As a simulated device does, on one of its TLS stacks.
pub(super) fn meet(meeting: &Meeting<'_>, stack: Stack, dates: Dates) -> Outcome {
    let connector = match connector(meeting, stack, dates) {
        Ok(connector) => connector,
        Err(error) => return Outcome::NoClient { reason: words(error) },
    };
    let (wire, traffic) = Wire::connect(meeting.address);
    let mut stream = Stream { session: connector.connect().unwrap(), wire, plaintext: Vec::new() };
    let failed = match stream.shake_hands() {
        Ok(()) => match mqtt::connect(&mut stream, &meeting.client_id) {
            Ok(code) => return Outcome::Answered(code),
            Err(_) => return Outcome::ByBroker { alert: passed(&traffic).received() },
        },
        Err(failed) => failed,
    };
    let passed = passed(&traffic);
    match failed {
        Failure::Tls(error) if !is_of_broker(error) => {
            Outcome::ByClient { alert: passed.sent(), reason: words(error) }
        }
        Failure::Network | Failure::Tls(_) => Outcome::ByBroker { alert: passed.received() },
    }
}

/// Of the build that the columns of Mbed TLS are for: it compares no address, and an error carries the verify flags.
fn connector(meeting: &Meeting<'_>, stack: Stack, dates: Dates) -> Result<Connector, TransportError> {
    let profile = Profile {
        stack,
        date_check: dates == Dates::Checked,
        reports_verify_flags: true,
        checks_ip_address: false,
        ..Profile::default()
    };
    let certificate = Some(pem(meeting.anchors).unwrap());
    let verification = Verification { certificate, ..Verification::default() };
    let authentication = meeting.identity.map(|identity| authentication(identity).unwrap());
    let instant = meeting.instant;
    let clock = Arc::new(move || instant.unwrap_or_else(SystemTime::now));
    Connector::new(&profile, &verification, &authentication.unwrap_or_default(), meeting.name, clock)
}

fn authentication(Identity { chain, key }: &Identity) -> Result<Authentication, ErrorStack> {
    let key = PKey::private_key_from_der(key.secret_der())?.private_key_to_pem_pkcs8()?;
    let key = String::from_utf8(key).unwrap();
    Ok(Authentication { certificate: Some(pem(chain)?), key: Some(key), ..Authentication::default() })
}

fn pem(certificates: &[impl AsRef<[u8]>]) -> Result<String, ErrorStack> {
    let pem = |der: &_| X509::from_der(AsRef::as_ref(der))?.to_pem();
    let certificates = certificates.iter().map(pem).collect::<Result<Vec<_>, _>>()?;
    Ok(String::from_utf8(certificates.concat()).unwrap())
}

/// An alert, or the end of the connection.
fn is_of_broker(error: TransportError) -> bool {
    matches!(high_level(error), Some(codes::SslFatalAlertMessage | codes::SslConnEof))
}

/// Those of Mbed TLS.
fn words(error: TransportError) -> String {
    match VerifyError::from_bits_truncate(error.verify_flags) {
        flags if !flags.is_empty() => format!("{flags:?}").replace("CERT_", ""),
        _ => high_level(error).map_or_else(|| error.to_string(), |code| format!("{code:?}")),
    }
}

fn high_level(error: TransportError) -> Option<HiError> {
    Error::from(-i32::from(error.stack_err)).high_level()
}

/// A session and its connection.
struct Stream {
    session: Box<dyn Session>,
    wire: Wire,
    plaintext: Vec<u8>,
}

/// What ends a handshake.
enum Failure {
    /// The broker reset the connection.
    Network,
    Tls(TransportError),
}

impl Stream {
    fn shake_hands(&mut self) -> Result<(), Failure> {
        self.send().map_err(|_| Failure::Network)?;
        while self.session.is_handshaking() {
            self.receive()?;
        }
        Ok(())
    }

    /// Takes what comes, and answers it: also what the session fails with, for the alert is in there.
    fn receive(&mut self) -> Result<(), Failure> {
        let mut bytes = [0; 4096];
        let received = match self.wire.read(&mut bytes) {
            Ok(0) => Err(self.session.end_of_stream()),
            Ok(length) => self.session.receive(&bytes[..length]),
            Err(_) => return Err(Failure::Network),
        };
        let sent = self.send();
        received.map_err(Failure::Tls)?;
        sent.map_err(|_| Failure::Network)
    }

    fn send(&mut self) -> io::Result<()> {
        let waiting = std::mem::take(self.session.transmit());
        self.wire.write_all(&waiting)
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let ended = || io::Error::from(io::ErrorKind::ConnectionAborted);
        while self.plaintext.is_empty() {
            if self.session.read(&mut self.plaintext).map_err(|_| ended())? == 0 {
                self.receive().map_err(|_| ended())?;
            }
        }
        let length = self.plaintext.as_slice().read(buffer)?;
        self.plaintext.drain(..length);
        Ok(length)
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.session.write(bytes).map_err(|error| io::Error::other(error.to_string()))?;
        self.send()?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
