use serde_json::{Value, json};
use tokio::process::Command;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};

use super::player::{Order, Said};
use super::program::{Leave, run};
use super::role::{Role, Task, WILL};
use crate::deployment_copy::repository;

const SCRIPT: &str = include_str!("paho_client.py");

/// paho, in the Python that `make setup` gave it.
pub(super) async fn play(role: Role, orders: UnboundedReceiver<Order>, voice: UnboundedSender<Said>) {
    let python = repository().join("target/python/bin/python3");
    assert!(python.exists(), "`make setup` installs paho");
    let mut command = Command::new(python);
    command.args(["-I", "-c", SCRIPT]);
    let first = format!("{}\n", script(&role));
    let understand = |line: &str| understand(&role, line);
    run(command, Leave::EndOfInput, &first, orders, &voice, understand).await;
}

/// The first line on its stdin, which nobody else can read.
fn script(role: &Role) -> Value {
    let (topic, qos, retain) = match &role.task {
        Task::Publish { topic, qos, retain } => (topic, *qos, Some(*retain)),
        Task::Subscribe { filter, qos } => (filter, *qos, None),
    };
    json!({
        "host": role.address.ip().to_string(),
        "port": role.address.port(),
        "authority": role.authority,
        "name": role.client.name(),
        "password": role.password,
        "keep_alive": role.keep_alive,
        "clean_session": role.clean_session,
        "will": role.will.as_ref().map(|topic| json!({ "topic": topic, "payload": WILL, "qos": 1 })),
        "reconnects": role.reconnects,
        "topic": topic,
        "qos": qos as u8,
        "retain": retain,
    })
}

fn understand(role: &Role, line: &str) -> Option<Said> {
    let event: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{line:?}: {error}"));
    let text = |key: &str| event[key].as_str().unwrap();
    Some(match text("event") {
        "acknowledged" => Said::Acknowledged,
        "connected" => Said::Connected,
        "message" => {
            let qos = event["qos"].as_u64().unwrap() as u8;
            let retain = event["retain"].as_bool().unwrap();
            Said::Message(role.client.delivery(qos, retain, text("topic"), text("payload")))
        }
        "refused" => Said::Refused(text("reason").to_owned()),
        "subscribed" => Said::Subscribed,
        other => panic!("{other:?}"),
    })
}
