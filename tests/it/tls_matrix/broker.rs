use std::cell::Cell;
use std::io::{BufRead, BufReader};
use std::net::{IpAddr, SocketAddr};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use mosquitto_fixtures::broker::Line;

use super::config::{Config, MARKED_PORT};
use super::files::Files;
use super::mqtt;
use super::wire::Wire;
use crate::docker::{docker, image, labels, output};

/// A broker writes within milliseconds; a loaded machine may need seconds.
const DEADLINE: Duration = Duration::from_secs(30);

/// Where the container has the files, and what it runs in.
const FOLDER: &str = "/matrix";

/// One broker with many listeners, none of them published: they are met at the container's own address, and no proxy
/// stands before it. The container is removed on drop.
pub(super) struct Broker {
    container: Container,
    address: IpAddr,
    log: Receiver<String>,
    marks: Cell<usize>,
    /// Removed after the container.
    _files: Files,
}

/// A container, and what follows its log.
struct Container {
    name: String,
    follower: Option<Child>,
}

impl Broker {
    /// Waits until the broker says that it runs: its listeners are open before they have a certificate.
    pub(super) fn start(line: Line, files: Files, config: &Config) -> Self {
        files.write("mosquitto.conf", config.text());
        let mut container =
            Container { name: format!("mosquitto-fixtures-matrix-{}", files.name()), follower: None };
        let labels = labels(files.claim());
        let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
        let mount = format!("{}:{FOLDER}:ro", files.path().display());
        let run = ["run", "--detach", "--name", &container.name, "--volume", &mount, "--workdir", FOLDER];
        docker(&[&run[..], &labels, &[&image(line), "mosquitto", "-c", "mosquitto.conf"]].concat());
        let log = container.follow();
        let address = ["inspect", "--format", "{{.NetworkSettings.IPAddress}}", &container.name];
        let address = docker(&address).parse().unwrap();
        let broker = Self { container, address, log, marks: Cell::new(0), _files: files };
        broker.lines_until(|line| line.starts_with("mosquitto version") && line.ends_with("running"));
        broker
    }

    /// Where a listener is: a bridge's addresses are this machine's too.
    pub(super) fn address(&self, port: u16) -> SocketAddr {
        (self.address, port).into()
    }

    /// What the broker has said since it was asked last. A connection of our own marks the end: the broker has one thread,
    /// so that it has dealt with all that came before.
    pub(super) fn said(&self) -> Vec<String> {
        let number = self.marks.get();
        self.marks.set(number + 1);
        let mark = format!("mark-{number}");
        let (mut wire, _) = Wire::connect(self.address(MARKED_PORT));
        assert_eq!(mqtt::connect(&mut wire, &mark).unwrap(), 0);
        let client = format!("Client {mark} ");
        let said = self.lines_until(|line| line.starts_with(&client) && line.contains("disconnected"));
        let ours = [format!("{mark} "), format!(" on port {MARKED_PORT}.")];
        said.into_iter().filter(|line| !ours.iter().any(|our| line.contains(our))).collect()
    }

    /// Runs a command beside the broker.
    pub(super) fn run(&self, command: &[&str]) -> Output {
        let exec = ["exec", "--workdir", FOLDER, &self.container.name];
        output(&[&exec[..], command].concat())
    }

    /// Without their times.
    fn lines_until(&self, last: impl Fn(&str) -> bool) -> Vec<String> {
        let mut said: Vec<String> = Vec::new();
        while !said.last().is_some_and(|line| last(line)) {
            let line = self.log.recv_timeout(DEADLINE);
            let line = line.unwrap_or_else(|error| panic!("{error}, and the broker has said {said:#?}"));
            said.push(line.split_once(": ").map_or(line.clone(), |(_time, text)| text.to_owned()));
        }
        said
    }
}

impl Container {
    fn follow(&mut self) -> Receiver<String> {
        let logs = ["logs", "--follow", &self.name];
        let mut follower = Command::new("docker").args(logs).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(follower.stdout.take().unwrap()).lines();
        self.follower = Some(follower);
        let (sender, log) = channel();
        std::thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| sender.send(line)));
        log
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        output(&["rm", "--force", "--volumes", &self.name]);
        if let Some(mut follower) = self.follower.take() {
            let _ = follower.kill();
            let _ = follower.wait();
        }
    }
}
