//! The broker judges the client.

use mosquitto_fixtures::broker::Line;
use mosquitto_fixtures::pki::mutation::Mutation;
use rstest::rstest;

use super::broker::Broker;
use super::client::Meeting;
use super::config::Config;
use super::files::Files;
use super::fleet::Fleet;
use super::report::{Place, Report, expected};
use super::stack::Stack;
use super::table::certificates::{LISTENERS, ROWS};

#[rstest]
fn a_broker_judges_every_client_certificate_as_the_table_says(#[values(Line::V2_0, Line::V2_1)] line: Line) {
    let (files, mut config, fleet) = (Files::new(), Config::new(), Fleet::new());
    let server = Mutation::find("control.sound").unwrap().build().unwrap();
    files.write_chain("server", &server);
    fleet.write(&files);
    let ports: Vec<(&str, u16)> = LISTENERS
        .iter()
        .map(|(name, options)| {
            let own = ["certfile server.crt", "keyfile server.key"];
            (*name, config.listener(&[&own[..], options].concat()))
        })
        .collect();
    let broker = Broker::start(line, files, &config);
    let mut report = Report::default();
    for row in ROWS {
        let identity = fleet.identity(row.identity);
        let (_, port) = ports.iter().find(|(name, _)| *name == row.listener).unwrap();
        for stack in [Stack::Rustls, Stack::OpenSsl, Stack::MbedTls] {
            for (client, version) in stack.meetings() {
                let place = Place { id: row.id, about: row.summary.to_owned(), stack, client, version };
                let outcome = client.meet(&Meeting {
                    address: broker.address(*port),
                    client_id: place.to_string(),
                    anchors: server.anchors(),
                    name: server.name(),
                    instant: None,
                    identity: identity.as_ref(),
                    version,
                });
                let expected = expected(row.verdict, version).unwrap();
                report.judge(&place, expected, &outcome, row.says, &broker.said());
            }
        }
    }
    report.end();
}
