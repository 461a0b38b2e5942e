use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{IpAddr, SocketAddr};
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use mosquitto_fixtures::broker::owner_labels;
use tempfile::TempDir;

use super::line::Line;

/// A broker writes within milliseconds; a loaded machine may need seconds.
const DEADLINE: Duration = Duration::from_secs(30);

/// User and group of the broker in every image.
const MOSQUITTO: u32 = 1883;

/// Where the container finds the folder.
pub(super) const FOLDER: &str = "/matrix";

/// One broker with many listeners, none of them published: they are met at the container's own address, which no proxy
/// stands before. The container is removed on drop.
pub(super) struct Broker {
    container: String,
    address: IpAddr,
    log: Receiver<String>,
    follower: Child,
    folder: TempDir,
}

impl Broker {
    /// Runs `mosquitto.conf` of the folder, and waits until the broker says that it runs.
    pub(super) fn start(line: Line, folder: TempDir) -> Self {
        let container = format!("mosquitto-fixtures-{}", folder.path().file_name().unwrap().display());
        let container = container.replace('.', "");
        let labels: Vec<String> =
            owner_labels().into_iter().map(|(key, value)| format!("--label={key}={value}")).collect();
        let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
        // The folder of a process that is not root is its own alone; what is inside is for the broker too.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let mount = format!("{}:{FOLDER}:ro", folder.path().display());
        let run = ["run", "--detach", "--name", &container, "--volume", &mount];
        let config = format!("{FOLDER}/mosquitto.conf");
        docker(&[&run[..], &labels, &[&line.image(), "mosquitto", "-c", &config]].concat());
        let (follower, log) = follow(&container);
        let mut broker = Self { container, address: [0, 0, 0, 0].into(), log, follower, folder };
        let mut said = Vec::new();
        while !said.last().is_some_and(|line: &String| line.contains("mosquitto version") && line.ends_with("running")) {
            said.push(broker.next_line().unwrap_or_else(|| panic!("the broker does not run: {said:#?}")));
        }
        let address = ["inspect", "--format", "{{.NetworkSettings.IPAddress}}", &broker.container];
        broker.address = docker(&address).parse().unwrap();
        broker
    }

    pub(super) fn address(&self, port: u16) -> SocketAddr {
        (self.address, port).into()
    }

    /// What the broker says of the one connection that was made since it was asked last: up to its end.
    pub(super) fn said(&self) -> Vec<String> {
        let mut said: Vec<String> = Vec::new();
        loop {
            let line = self.next_line().unwrap_or_else(|| panic!("the broker says no more than {said:#?}"));
            said.push(line);
            eprintln!("LOG {}", said.last().unwrap());
            if said.last().is_some_and(|line| is_end(line)) {
                return said;
            }
        }
    }

    /// Without its time.
    fn next_line(&self) -> Option<String> {
        let line = self.log.recv_timeout(DEADLINE).ok()?;
        Some(line.split_once(": ").map_or(line.clone(), |(_, text)| text.to_owned()))
    }

    /// Runs a command beside the broker.
    pub(super) fn run(&self, command: &[&str]) -> Output {
        Command::new("docker").args(["exec", &self.container]).args(command).output().unwrap()
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        let _ = Command::new("docker").args(["rm", "--force", "--volumes", &self.container]).output();
        let _ = self.follower.kill();
        let _ = self.follower.wait();
    }
}

/// Whether this is the last line on a connection.
fn is_end(line: &str) -> bool {
    line.starts_with("Client ") && ["disconnected", "closed", "failed"].iter().any(|end| line.contains(end))
}

fn follow(container: &str) -> (Child, Receiver<String>) {
    let mut follower = Command::new("docker")
        .args(["logs", "--follow", container])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(follower.stdout.take().unwrap()).lines();
    let (sender, log) = channel();
    std::thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| sender.send(line)));
    (follower, log)
}

/// Runs docker and gives what it prints.
fn docker(arguments: &[&str]) -> String {
    let output = Command::new("docker").args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// A file for the broker to read, and a secret one for it alone: as root by its owner, else by a folder that nobody
/// else enters.
pub(super) fn write_secret(folder: &TempDir, name: &str, content: &str) {
    let path = folder.path().join(name);
    fs::write(&path, content).unwrap();
    let owned = std::os::unix::fs::chown(&path, Some(MOSQUITTO), Some(MOSQUITTO)).is_ok();
    let mode = if owned { 0o400 } else { 0o644 };
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
}
