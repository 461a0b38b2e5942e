use std::fmt::Write;

/// Each container has all the ports.
const FIRST_PORT: u16 = 20000;

/// A `mosquitto.conf` with a listener for everything.
pub(super) struct Config {
    text: String,
    next_port: u16,
}

impl Config {
    /// Whoever gets through TLS is let in.
    pub(super) fn new() -> Self {
        let text = "log_dest stdout\nallow_anonymous true\nset_tcp_nodelay true\n".to_owned();
        Self { text, next_port: FIRST_PORT }
    }

    /// The same, for a broker with one listener beside another one.
    pub(super) fn beside(other: &Self) -> Self {
        Self { next_port: other.next_port, ..Self::new() }
    }

    /// One more listener: its port inside the container.
    pub(super) fn listener(&mut self, options: &[&str]) -> u16 {
        let port = self.next_port;
        self.next_port += 1;
        writeln!(self.text, "listener {port}").unwrap();
        for option in options {
            writeln!(self.text, "{option}").unwrap();
        }
        port
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }
}
