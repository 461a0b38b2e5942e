use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use mosquitto_fixtures::client::Alert;

/// The broker answers within milliseconds; a loaded machine may need seconds.
const DEADLINE: Duration = Duration::from_secs(10);

/// ContentType of RFC 8446, section 5.1, and RFC 5246, section 6.2.1.
const CHANGE_CIPHER_SPEC: u8 = 20;
const ALERT: u8 = 21;

/// AlertLevel of RFC 5246, section 7.2.
const FATAL: u8 = 2;

/// A connection that remembers what passed by, for whoever hides the alerts.
pub(super) struct Wire {
    tcp: TcpStream,
    passed: Arc<Mutex<Passed>>,
}

/// The bytes of a connection, in both directions.
#[derive(Default)]
pub(super) struct Passed {
    sent: Vec<u8>,
    received: Vec<u8>,
    /// No answer came in time.
    timed_out: bool,
}

impl Wire {
    pub(super) fn connect(address: SocketAddr) -> (Self, Arc<Mutex<Passed>>) {
        let tcp = TcpStream::connect_timeout(&address, DEADLINE)
            .expect("the address of a container is reached from the machine that its engine runs on");
        tcp.set_nodelay(true).unwrap();
        tcp.set_read_timeout(Some(DEADLINE)).unwrap();
        let passed = Arc::<Mutex<Passed>>::default();
        (Self { tcp, passed: Arc::clone(&passed) }, passed)
    }
}

impl Read for Wire {
    /// A TLS stack must not hear that it could try again, nor is C code to be left by a panic.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.tcp.read(buffer);
        let mut passed = self.passed.lock().unwrap();
        match read {
            Ok(length) => {
                passed.received.extend_from_slice(&buffer[..length]);
                Ok(length)
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                passed.timed_out = true;
                Err(io::ErrorKind::TimedOut.into())
            }
            Err(error) => Err(error),
        }
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let length = self.tcp.write(bytes)?;
        self.passed.lock().unwrap().sent.extend_from_slice(&bytes[..length]);
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.tcp.flush()
    }
}

/// What passed by a connection without a verdict: no answer in time is none, and ends the test.
pub(super) fn passed(passed: &Mutex<Passed>) -> MutexGuard<'_, Passed> {
    let passed = passed.lock().unwrap();
    assert!(!passed.timed_out, "no answer within {DEADLINE:?}");
    passed
}

impl Passed {
    /// The fatal alert that was sent in clear.
    pub(super) fn sent(&self) -> Option<Alert> {
        fatal_alert(&self.sent)
    }

    /// The fatal alert that was received in clear.
    pub(super) fn received(&self) -> Option<Alert> {
        fatal_alert(&self.received)
    }
}

/// After ChangeCipherSpec all is encrypted; a client of TLS 1.2 has judged the server before it.
fn fatal_alert(mut stream: &[u8]) -> Option<Alert> {
    while let [kind, _, _, high, low, rest @ ..] = stream {
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let (content, after) = rest.split_at_checked(length)?;
        match (*kind, content) {
            (CHANGE_CIPHER_SPEC, _) => return None,
            (ALERT, [FATAL, description]) => return Some(Alert(*description)),
            _ => stream = after,
        }
    }
    None
}
