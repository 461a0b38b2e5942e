//! The client judges the broker.

use std::time::SystemTime;

use mosquitto_fixtures::broker::Line;
use mosquitto_fixtures::client::TlsVersion;
use mosquitto_fixtures::pki::mutation::{Chain, Clock, Mutation};
use rstest::rstest;

use super::broker::Broker;
use super::client::Meeting;
use super::config::Config;
use super::files::Files;
use super::mosquitto_pub;
use super::report::{Place, Report, expected};
use super::stack::Stack;
use super::table::chains::{MOSQUITTO_PUB, ROWS, Row};
use super::table::starts::{LEVEL_0, WEAK};
use super::table::{ACCEPT, Cell};

impl Row {
    fn cell(&self, stack: Stack) -> Cell {
        match stack {
            Stack::Device => self.device,
            Stack::MbedTls => self.mbedtls,
            Stack::OpenSsl => self.openssl,
            Stack::Rustls => self.rustls,
        }
    }

    /// What OpenSSL says, unless libmosquitto has its own mind.
    fn lets_mosquitto_pub_through(&self, line: Line) -> bool {
        let openssl = expected(self.openssl, TlsVersion::V1_3) == Some(ACCEPT);
        openssl != MOSQUITTO_PUB.iter().any(|(on, id, _)| *on == line && *id == self.id)
    }
}

#[rstest]
fn every_stack_judges_every_chain_as_the_table_says(#[values(Line::V2_0, Line::V2_1)] line: Line) {
    let (files, mut config) = (Files::new(), Config::new());
    let served: Vec<(&Row, Chain, u16)> = ROWS
        .iter()
        .map(|row| {
            let chain = Mutation::find(row.id).unwrap().build().unwrap();
            files.write_chain(row.id, &chain);
            files.write(&format!("{}.ca", row.id), chain.anchors_pem());
            let own = [format!("certfile {}.crt", row.id), format!("keyfile {}.key", row.id)];
            let weak = if WEAK.contains(&row.id) { LEVEL_0 } else { "" };
            (row, chain, config.listener(&[&own[0], &own[1], weak]))
        })
        .collect();
    let broker = Broker::start(line, files, &config);
    let mut report = Report::default();
    for (row, chain, port) in &served {
        for stack in Stack::ALL {
            for (client, version) in stack.meetings() {
                let Some(expected) = expected(row.cell(stack), version) else { continue };
                let place = Place { id: row.id, about: row.why.join("; "), stack, client, version };
                let outcome = client.meet(&Meeting {
                    address: broker.address(*port),
                    client_id: place.to_string(),
                    anchors: chain.anchors(),
                    name: chain.name(),
                    instant: instant(chain),
                    identity: None,
                    version,
                });
                let said = if outcome.is_of_broker() { broker.said() } else { Vec::new() };
                report.judge(&place, expected, &outcome, "", &said);
            }
        }
    }
    let asked = served.iter().filter(|(_, chain, _)| chain.name() == "localhost" && instant(chain).is_none());
    let (rows, listeners): (Vec<&Row>, Vec<_>) = asked.map(|(row, _, port)| (*row, (row.id, *port))).unzip();
    for (row, through) in rows.iter().zip(mosquitto_pub::gets_through(&broker, &listeners)) {
        report.judge_mosquitto_pub(row.id, row.lets_mosquitto_pub_through(line), through);
    }
    report.end();
}

/// When a chain is to be judged, if not now.
fn instant(chain: &Chain) -> Option<SystemTime> {
    match chain.clock() {
        Clock::At(instant) => Some(instant),
        _ => None,
    }
}
