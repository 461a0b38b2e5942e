use super::client::Client;
use super::transcript::Transcript;

/// What a scenario came to, line by line, each behind the name of who saw it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Outcome(Vec<String>);

impl Outcome {
    pub(super) fn with(mut self, seen_by: &str, lines: Vec<String>) -> Self {
        self.0.extend(lines.into_iter().map(|line| format!("{seen_by}: {line}")));
        self
    }

    /// What the broker logged.
    pub(super) fn logged(self, transcript: Transcript) -> Self {
        let Transcript { session, subscription, messages, .. } = transcript;
        self.with("session", session).with("subscription", subscription).with("messages", messages)
    }
}

/// Fails unless each client came to what is expected of it.
pub(super) fn expect(seen: Vec<(Client, Outcome)>, expected: impl Fn(Client) -> Vec<&'static str>) {
    for (client, outcome) in seen {
        assert_eq!(outcome.0, expected(client), "{client:?}");
    }
}
