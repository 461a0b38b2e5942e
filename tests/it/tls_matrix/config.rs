use std::fmt::Write;

/// A listener in clear, where whoever asks what the broker has said leaves a mark in its log.
pub(super) const MARKED_PORT: u16 = 19999;

/// A `mosquitto.conf` with a listener for everything.
pub(super) struct Config {
    text: String,
    next_port: u16,
}

impl Config {
    /// Whoever gets through TLS is let in. Each container has all the ports.
    pub(super) fn new() -> Self {
        let mut config = Self::from(MARKED_PORT);
        config.listener(&[]);
        config
    }

    /// For a broker beside another one, in its container.
    pub(super) fn beside(other: &Self) -> Self {
        Self::from(other.next_port)
    }

    fn from(next_port: u16) -> Self {
        let text = "log_dest stdout\nallow_anonymous true\nset_tcp_nodelay true\n".to_owned();
        Self { text, next_port }
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
