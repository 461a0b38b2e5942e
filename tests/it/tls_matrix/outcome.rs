use mosquitto_fixtures::client::Alert;

use super::table::ACCEPT;

/// What a client says of a meeting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// CONNACK with this return code.
    Answered(u8),
    /// The client refused, with the alert where it can be seen, and in its own words.
    ByClient { alert: Option<Alert>, reason: String },
    /// The broker refused, with the alert where one came.
    ByBroker { alert: Option<Alert> },
    /// The client cannot even read what it should trust, and does not connect.
    NoClient { reason: String },
}

impl Outcome {
    /// Whether there was a broker in it.
    pub(super) fn is_of_broker(&self) -> bool {
        !matches!(self, Self::NoClient { .. })
    }

    /// What the broker's log must say of it too; nothing where it cannot know.
    pub(super) fn witness(&self) -> Option<String> {
        match self {
            Self::Answered(0) => Some("New client connected".to_owned()),
            Self::Answered(_) => Some("not authorised".to_owned()),
            // OpenSSL: "tlsv1 alert unknown ca", "ssl/tls alert bad certificate".
            Self::ByClient { alert: Some(alert), .. } => Some(format!("alert {alert}").replace('_', " ")),
            Self::ByBroker { .. } => Some("SSL routines".to_owned()),
            Self::ByClient { alert: None, .. } | Self::NoClient { .. } => None,
        }
    }
}

/// In the words of the table.
impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Answered(0) => f.write_str(ACCEPT),
            Self::Answered(code) => write!(f, "CONNACK {code}"),
            Self::ByBroker { alert: Some(alert) } => write!(f, "broker: {alert}"),
            Self::ByBroker { alert: None } => f.write_str("broker: closed"),
            Self::ByClient { alert, reason } => {
                let alert = alert.map_or_else(|| "closed".to_owned(), |alert| alert.to_string());
                if reason.is_empty() { f.write_str(&alert) } else { write!(f, "{alert} ({reason})") }
            }
            Self::NoClient { reason } => write!(f, "no client ({reason})"),
        }
    }
}
