use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use tempfile::TempDir;
use tokio::process::Command;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};

use super::player::{Order, Said};
use super::program::{Leave, run};
use super::role::{Role, Task, WILL};

/// Before a message, to tell it from what `--debug` prints.
const MESSAGE: &str = "message ";

/// `mosquitto_pub -l`, which publishes each line that it reads, or `mosquitto_sub`.
pub(super) async fn play(role: Role, orders: UnboundedReceiver<Order>, voice: UnboundedSender<Said>) {
    let folder = tempfile::tempdir().unwrap();
    let (program, leave) = match &role.task {
        Task::Publish { .. } => ("mosquitto_pub", Leave::EndOfInput),
        Task::Subscribe { .. } => ("mosquitto_sub", Leave::Sigterm),
    };
    confide(&folder, program, &role);
    let understand = |line: &str| understand(&role, line);
    let status = run(command(&role, program, folder.path()), leave, "", orders, &voice, understand).await;
    if let Some(code) = status.and_then(|status| status.code()).filter(|code| *code != 0) {
        let _ = voice.send(Said::Refused(format!("exit status {code}")));
    }
}

/// Everybody may read the arguments of a program; a file of options is its user's own.
fn confide(folder: &TempDir, program: &str, role: &Role) {
    let mut options = OpenOptions::new();
    let mut file =
        options.write(true).create_new(true).mode(0o600).open(folder.path().join(program)).unwrap();
    writeln!(file, "--pw {}", role.password).unwrap();
}

fn command(role: &Role, program: &str, options: &Path) -> Command {
    // To a pipe it would print in blocks.
    let mut command = Command::new("stdbuf");
    command.env("XDG_CONFIG_HOME", options).args(["--output=L", program, "--debug"]);
    command.args(["--host", &role.address.ip().to_string(), "--port", &role.address.port().to_string()]);
    command.arg("--cafile").arg(&role.authority);
    command.args(["--username", role.client.name(), "--id", role.client.name()]);
    command.args(["--keepalive", &role.keep_alive.to_string()]);
    if let Some(topic) = &role.will {
        command.args(["--will-topic", topic, "--will-payload", WILL, "--will-qos", "1"]);
    }
    if !role.clean_session {
        command.arg("--disable-clean-session");
    }
    match &role.task {
        Task::Publish { topic, qos, retain } => {
            command.args(["--topic", topic, "--qos", &(*qos as u8).to_string(), "--stdin-line"]);
            command.args(retain.then_some("--retain"));
        }
        Task::Subscribe { filter, qos } => {
            command.args(["--topic", filter, "--qos", &(*qos as u8).to_string()]);
            command.args(["-F", &format!("{MESSAGE}%q %r %t %p")]);
        }
    }
    command
}

fn understand(role: &Role, line: &str) -> Option<Said> {
    if let Some(message) = line.strip_prefix(MESSAGE) {
        let fields: Vec<&str> = message.splitn(4, ' ').collect();
        let [qos, retain, topic, payload] = fields[..] else { panic!("{line:?}") };
        let qos = qos.parse().unwrap();
        return Some(Said::Message(role.client.delivery(qos, retain == "1", topic, payload)));
    }
    let (_, received) = line.split_once(" received ")?;
    match received.split([' ', ')']).next()? {
        "CONNACK" if received.ends_with("(0)") => Some(Said::Connected),
        "PUBACK" | "PUBCOMP" => Some(Said::Acknowledged),
        "SUBACK" => Some(Said::Subscribed),
        _ => None,
    }
}
