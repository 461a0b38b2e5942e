use super::client::Client;

/// What the broker logged of one client with `log_type all`, as both lines of it would say it and without packet
/// identifiers: `>` to the broker, `<` from it. Three conversations, for the broker and the client do not wait for the
/// end of one before they go on with another.
#[derive(Debug, Default)]
pub(super) struct Transcript {
    pub(super) session: Vec<String>,
    pub(super) subscription: Vec<String>,
    pub(super) messages: Vec<String>,
    /// On 2.1 alone, what TLS came to.
    pub(super) tls: Vec<String>,
}

impl Transcript {
    pub(super) fn of(client: Client, log: &[String]) -> Self {
        let mut transcript = Self::default();
        for line in log {
            let Some((_, text)) = line.split_once(": ") else { continue };
            if let Some(rest) = text.strip_prefix("New client connected from ") {
                transcript.session.extend(connect(client, rest));
            } else if let Some(rest) = text.strip_prefix("Client ") {
                transcript.of_client(client, rest);
            } else {
                transcript.packet(client, text);
            }
        }
        transcript
    }

    /// How often a line begins like this.
    pub(super) fn count(&self, beginning: &str) -> usize {
        let lines = self.session.iter().chain(&self.subscription).chain(&self.messages);
        lines.filter(|line| line.starts_with(beginning)).count()
    }

    /// What the client published. How often it does so again is a matter of how long it waits: once stands for all.
    pub(super) fn published(&self) -> Vec<String> {
        let published = self.messages.iter().filter_map(|line| line.strip_prefix("> PUBLISH "));
        let mut lines: Vec<String> = published.map(str::to_owned).collect();
        lines.dedup_by(|again, line| again == line && again.starts_with("d1"));
        lines
    }

    fn of_client(&mut self, client: Client, rest: &str) {
        let Some((name, rest)) = rest.split_once(' ') else { return };
        if name != client.name() {
            return;
        }
        if let Some((version, _)) = rest.strip_prefix("negotiated ").and_then(|tls| tls.split_once(' ')) {
            self.tls.push(version.to_owned());
            return;
        }
        // 2.1 puts the address between the two.
        let end = rest.split_once("] ").map_or(rest, |(_, end)| end);
        self.session.push(match end {
            // 2.1 says so of a session that nobody was connected to, too.
            "disconnected: session taken over." => return,
            "disconnected." => "gone".to_owned(),
            "disconnected, not authorised." | "disconnected: not authorised." => "not authorised".to_owned(),
            "closed its connection." | "disconnected: connection closed by client." => "lost".to_owned(),
            "disconnected due to protocol error." | "disconnected: protocol error." => {
                "protocol error".to_owned()
            }
            other => other.to_owned(),
        });
    }

    fn packet(&mut self, client: Client, text: &str) {
        let words: Vec<&str> = text.splitn(5, ' ').collect();
        let [verb, packet, "from" | "to", name, ref details @ ..] = words[..] else { return };
        let mark = match verb {
            "Denied" => "> denied",
            "Received" => ">",
            "Sending" => "<",
            _ => return,
        };
        if name != client.name() {
            return;
        }
        let details = details.first().map_or("", |details| details.trim_matches(['(', ')']));
        let conversation = match packet {
            "CONNACK" | "DISCONNECT" => &mut self.session,
            "SUBSCRIBE" | "SUBACK" => &mut self.subscription,
            "PINGREQ" | "PINGRESP" => return,
            _ => &mut self.messages,
        };
        let details = match packet {
            "CONNACK" => format!(" {details}"),
            "PUBLISH" => publish(client, details),
            _ => details
                .split(", ")
                .find(|detail| is_failure(detail))
                .map(|code| format!(" {code}"))
                .unwrap_or_default(),
        };
        conversation.push(format!("{mark} {packet}{details}"));
    }
}

/// `172.17.0.1:46590 as paho (p2, c1, k120, u'paho').`
fn connect(client: Client, rest: &str) -> Option<String> {
    let (name, details) = rest.split_once(" as ")?.1.split_once(' ')?;
    if name != client.name() {
        return None;
    }
    // MQTT 3.1.1 has the number 2 in 2.0, and the one it has on the wire in 2.1.
    let details = details.replace("(p2,", "(3.1.1,").replace("(p4,", "(3.1.1,");
    Some(format!("> CONNECT {}", details.trim_end_matches('.').replace(name, "ID")))
}

/// `d0, q1, r1, m1, 'plantops/paho/telemetry', ... (8 bytes`
fn publish(client: Client, details: &str) -> String {
    let parts: Vec<&str> = details.split(", ").collect();
    let [dup, qos, retain, _, topic, length] = parts[..] else { panic!("{details:?}") };
    let below = client.below(topic.trim_matches('\''));
    format!(" {dup} {qos} {retain} {below}, {}", length.trim_start_matches("... ("))
}

/// A reason code, which MQTT 3.1.1 does not carry.
fn is_failure(detail: &str) -> bool {
    let code = detail.strip_prefix("rc").or_else(|| detail.strip_prefix("RC:"));
    code.is_some_and(|code| code != "0")
}
