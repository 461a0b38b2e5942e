use mosquitto_fixtures::client::TlsVersion;

use super::outcome::Outcome;
use super::stack::Stack;

/// The cells that are not as the table says.
#[derive(Default)]
pub(super) struct Report {
    judged: usize,
    wrong: Vec<String>,
}

/// A cell of the matrix.
pub(super) struct Place {
    pub(super) id: &'static str,
    pub(super) stack: Stack,
    pub(super) version: TlsVersion,
}

impl Report {
    /// Compares what a client saw with the table, and with what must stand in the broker's log.
    pub(super) fn judge(
        &mut self,
        place: &Place,
        expected: &str,
        outcome: &Outcome,
        witnesses: &[&str],
        said: &[String],
    ) {
        self.judged += 1;
        let witnessed = witnesses.iter().all(|witness| said.iter().any(|line| line.contains(witness)));
        // A broker that closes before it has read CONNECT resets the connection, and the alert may be lost on the way.
        let lost = *outcome == Outcome::ByBroker { alert: None } && expected.starts_with("broker: ");
        if !witnessed || !(lost || outcome.to_string() == expected) {
            let said = said.join("\n    ");
            self.wrong.push(format!(
                "{place}: expected {expected}, seen {outcome}; expected in the broker's log {witnesses:?}, seen\n    {said}"
            ));
        }
    }

    pub(super) fn end(self) {
        assert!(self.judged > 0, "nothing was judged");
        let Self { judged, wrong } = self;
        assert!(wrong.is_empty(), "{} of {judged} verdicts are wrong:\n{}", wrong.len(), wrong.join("\n"));
    }
}

/// Also what the client is called: the broker's log names it.
impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let version = match self.version {
            TlsVersion::V1_2 => "1.2",
            TlsVersion::V1_3 => "1.3",
        };
        write!(f, "{}, {}, TLS {version}", self.id, self.stack)
    }
}
