use std::fmt::Write;
use mosquitto_fixtures::client::TlsVersion;
use mosquitto_fixtures::pki::mutation::{Chain, Clock, MUTATIONS};
use rstest::rstest;

use super::broker::{Broker, FOLDER, write_secret};
use super::line::Line;
use super::stack::{Meeting, Outcome, Stack};

const NOT: &[&str] = &["keys.of-another", "keys.encrypted", "structure.order-reversed", "structure.extension-twice"];

#[rstest]
fn every_stack(#[values(Line::V2_0, Line::V2_1)] line: Line) {
    let t = std::time::Instant::now();
    let chains: Vec<(&str, Chain)> =
        MUTATIONS.iter().filter(|m| !NOT.contains(&m.id)).map(|m| (m.id, m.build().unwrap())).collect();
    eprintln!("TIME built {:?}", t.elapsed());
    let folder = tempfile::tempdir().unwrap();
    let mut config = "log_dest stdout\nallow_anonymous true\nset_tcp_nodelay true\n".to_owned();
    for (n, (id, chain)) in chains.iter().enumerate() {
        std::fs::write(folder.path().join(format!("{id}.crt")), chain.served_pem()).unwrap();
        write_secret(&folder, &format!("{id}.key"), chain.key_pem());
        writeln!(config, "listener {}\ncertfile {FOLDER}/{id}.crt\nkeyfile {FOLDER}/{id}.key", 20000 + n).unwrap();
        if ["keys.rsa-1024", "keys.sha1-signature"].contains(id) {
            writeln!(config, "ciphers DEFAULT:@SECLEVEL=0").unwrap();
        }
    }
    std::fs::write(folder.path().join("mosquitto.conf"), config).unwrap();
    let broker = Broker::start(line, folder);
    eprintln!("TIME started {:?}", t.elapsed());
    for (n, (id, chain)) in chains.iter().enumerate() {
        for stack in Stack::ALL {
            for &version in stack.versions() {
                let instant = match chain.clock() {
                    Clock::At(instant) => Some(instant),
                    _ => None,
                };
                let v = if version == TlsVersion::V1_2 { "1.2" } else { "1.3" };
                let outcome = stack.meet(&Meeting {
                    address: broker.address(20000 + n as u16),
                    client_id: format!("{id}/{stack:?}/{v}"),
                    anchors: chain.anchors(),
                    name: chain.name(),
                    instant,
                    identity: None,
                    version,
                });
                let said = broker.said();
                eprintln!("SEEN {id} {stack:?} {v} {outcome:?} {said:?}");
            }
        }
    }
    eprintln!("TIME {:?}", t.elapsed());
}
