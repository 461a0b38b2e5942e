use mosquitto_fixtures::client::TlsVersion;

use super::client::Client;
use super::outcome::Outcome;
use super::stack::Stack;
use super::table::Cell;

/// The cells that are not as the table says.
#[derive(Default)]
pub(super) struct Report {
    judged: usize,
    wrong: Vec<String>,
}

/// A cell of the matrix, as one client has it.
pub(super) struct Place {
    pub(super) id: &'static str,
    /// What there is to know of it when it is wrong.
    pub(super) about: String,
    pub(super) stack: Stack,
    pub(super) client: Client,
    pub(super) version: TlsVersion,
}

impl Report {
    /// Compares what a client saw with the table, and with what the broker's log says: that, and `witness`.
    pub(super) fn judge(
        &mut self,
        place: &Place,
        expected: &str,
        outcome: &Outcome,
        witness: &str,
        said: &[String],
    ) {
        self.judged += 1;
        let logged = |text: &str| said.iter().any(|line| line.contains(text));
        let named = *outcome != Outcome::Answered(0) || logged(&format!(" as {place} ("));
        let witnessed = named
            && outcome.witness().is_none_or(|text| logged(&text))
            && (witness.is_empty() || logged(witness));
        // A broker that closes before it has read CONNECT resets the connection, and the alert may be lost on the way.
        let lost = *outcome == Outcome::ByBroker { alert: None } && expected.starts_with("broker: ");
        if !witnessed || !(lost || outcome.to_string() == expected) {
            let said = said.join("\n    ");
            self.wrong.push(format!(
                "{place} ({}): expected {expected} and {witness:?} in the broker's log, seen {outcome} and\n    {said}",
 place.about));
        }
    }

    /// Compares the verdict of a client that says no more than whether it got through.
    pub(super) fn judge_mosquitto_pub(&mut self, id: &str, expected: bool, through: bool) {
        self.judged += 1;
        if through != expected {
            let verdict = |through| if through { "accept" } else { "refuse" };
            let (expected, seen) = (verdict(expected), verdict(through));
            self.wrong.push(format!("{id}, mosquitto_pub: expected {expected}, seen {seen}"));
        }
    }

    pub(super) fn end(self) {
        assert!(self.judged > 0, "nothing was judged");
        let Self { judged, wrong } = self;
        assert!(wrong.is_empty(), "{} of {judged} verdicts are wrong:\n{}", wrong.len(), wrong.join("\n"));
    }
}

/// What a cell says of a TLS version.
pub(super) fn expected(cell: Cell, version: TlsVersion) -> Option<&'static str> {
    match (cell, version) {
        ([v1_2, _], TlsVersion::V1_2) => Some(v1_2),
        ([_, v1_3], TlsVersion::V1_3) => Some(v1_3),
        _ => cell.first().copied(),
    }
}

/// Also what the client is called: the broker's log names it when it is let in.
impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let version = match self.version {
            TlsVersion::V1_2 => "1.2",
            TlsVersion::V1_3 => "1.3",
        };
        write!(f, "{}, {} by {}, TLS {version}", self.id, self.stack, self.client)
    }
}

/// A report that finds nothing wrong must not be one that never does.
mod checks {
    use mosquitto_fixtures::client::{Alert, TlsVersion};
    use rstest::rstest;

    use super::{Client, Outcome, Place, Report, Stack};

    const REFUSED: Outcome = Outcome::ByBroker { alert: Some(Alert::CERTIFICATE_REQUIRED) };
    const CLOSED: Outcome = Outcome::ByBroker { alert: None };
    const LOG: &str = "OpenSSL Error[0]: error:0A0000C7:SSL routines::peer did not return a certificate";

    #[rstest]
    #[case::as_expected("broker: certificate_required", REFUSED, "did not return", true)]
    #[case::another_alert("broker: unknown_ca", REFUSED, "did not return", false)]
    #[case::accepted("broker: certificate_required", Outcome::Answered(0), "did not return", false)]
    #[case::not_in_the_log("broker: certificate_required", REFUSED, "verify failed", false)]
    #[case::alert_lost("broker: certificate_required", CLOSED, "did not return", true)]
    #[case::alert_lost_and_not_in_the_log("broker: certificate_required", CLOSED, "verify failed", false)]
    #[case::closed_where_it_should_not("accept", CLOSED, "did not return", false)]
    fn a_verdict_needs_the_table_and_the_log(
        #[case] expected: &str,
        #[case] outcome: Outcome,
        #[case] witness: &str,
        #[case] right: bool,
    ) {
        let place = Place {
            id: "id",
            about: String::new(),
            stack: Stack::Rustls,
            client: Client::Rustls,
            version: TlsVersion::V1_3,
        };
        let mut report = Report::default();
        report.judge(&place, expected, &outcome, witness, &[LOG.to_owned()]);
        assert_eq!(report.wrong.is_empty(), right, "{:?}", report.wrong);
    }

    #[test]
    #[should_panic(expected = "nothing was judged")]
    fn a_report_on_nothing_is_no_report() {
        Report::default().end();
    }
}
