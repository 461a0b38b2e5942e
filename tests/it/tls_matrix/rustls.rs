use mosquitto_fixtures::client::{Attempt, Endpoint, ReturnCode, Side, Transport, Verdict};

use super::client::Meeting;
use super::outcome::Outcome;

/// As the library's own client does.
pub(super) fn meet(meeting: &Meeting<'_>) -> Outcome {
    let endpoint = Endpoint::new(Transport::Tls, meeting.address.ip().to_string(), meeting.address.port());
    let mut attempt = Attempt::new(endpoint)
        .client_id(&meeting.client_id)
        .server_name(meeting.name)
        .tls_version(meeting.version);
    for anchor in meeting.anchors {
        attempt = attempt.trust(anchor.clone());
    }
    if let Some(instant) = meeting.instant {
        attempt = attempt.clock(instant);
    }
    if let Some(identity) = meeting.identity {
        attempt = attempt.client_certificate(identity.chain.clone(), identity.key.clone_key());
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    match runtime.block_on(attempt.run()).unwrap() {
        Verdict::Accepted => Outcome::Answered(0),
        Verdict::RefusedAtConnect { code } => Outcome::Answered(number(code)),
        Verdict::RefusedInTls { by: Side::Client, alert } => {
            Outcome::ByClient { alert, reason: String::new() }
        }
        Verdict::RefusedInTls { by: Side::Server, alert } => Outcome::ByBroker { alert },
        verdict => panic!("{}: {verdict}", meeting.client_id),
    }
}

fn number(code: ReturnCode) -> u8 {
    match code {
        ReturnCode::UnacceptableProtocolVersion => 1,
        ReturnCode::IdentifierRejected => 2,
        ReturnCode::ServerUnavailable => 3,
        ReturnCode::BadUserNameOrPassword => 4,
        ReturnCode::NotAuthorised => 5,
        code => panic!("{code}"),
    }
}
