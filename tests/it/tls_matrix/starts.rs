//! What the broker does not start with.

use mosquitto_fixtures::broker::Line;
use mosquitto_fixtures::pki::mutation::Mutation;
use rstest::rstest;

use super::broker::Broker;
use super::config::Config;
use super::files::Files;
use super::table::starts::ROWS;

/// The brokers that end run beside one that does not, in its container: it has the control's certificate.
#[rstest]
fn a_broker_ends_at_its_start_as_the_table_says(#[values(Line::V2_0, Line::V2_1)] line: Line) {
    let (files, mut config) = (Files::new(), Config::new());
    let mutations = ROWS.iter().filter_map(|row| Mutation::find(row.id));
    let beside = ["control.sound", "keys.rsa-2048"].into_iter().filter_map(Mutation::find);
    for mutation in mutations.chain(beside) {
        files.write_chain(mutation.id, &mutation.build().unwrap());
    }
    let sound = Mutation::find("control.sound").unwrap().build().unwrap();
    files.write_unreadable("unreadable.key", sound.key_pem());
    files.write("empty", "");
    files.make_folder("folder");
    config.listener(&["certfile control.sound.crt", "keyfile control.sound.key"]);
    for row in ROWS {
        let mut config = Config::beside(&config);
        config.listener(row.listener);
        files.write(&format!("{}.conf", row.id), config.text());
    }
    let broker = Broker::start(line, files, &config);
    let mut wrong = Vec::new();
    for row in ROWS {
        // One that starts after all would run for ever.
        let output = broker.run(&["timeout", "10", "mosquitto", "-c", &format!("{}.conf", row.id)]);
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        let code = output.status.code();
        if code != Some(row.exit_code) || !said.contains(row.says) || !said.contains(row.reason) {
            let (expected, says, reason) = (row.exit_code, row.says, row.reason);
            wrong.push(format!(
                "{}: expected exit code {expected}, {says:?} and {reason:?}; seen {code:?} and\n{said}",
                row.id
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {} rows are wrong:\n{}", wrong.len(), ROWS.len(), wrong.join("\n"));
}
