//! The broker of an image as a process of this machine.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use mosquitto_fixtures::broker::{Claim, Line};

/// Longer than any start or end takes on a busy machine. What takes longer fails the test.
const LIMIT: Duration = Duration::from_secs(20);

/// The files of an image, unpacked once and kept.
#[derive(Debug, Clone)]
pub(crate) struct Native {
    root: PathBuf,
    loader: PathBuf,
}

impl Native {
    /// The broker of a line, out of the image that the suite uses for it.
    pub(crate) fn of(line: Line) -> Self {
        let root = unpacked(&image(line));
        let loaders = ["lib64/ld-linux-x86-64.so.2", "lib/ld-linux-aarch64.so.1", "lib/ld-musl-x86_64.so.1"];
        let loader = loaders.iter().map(|loader| root.join(loader)).find(|loader| loader.exists());
        Self { loader: loader.expect("an image with a dynamic loader"), root }
    }

    /// A program of the image, such as `usr/sbin/mosquitto`, with the image's own libraries.
    pub(crate) fn program(&self, program: &str) -> Command {
        let folders = [
            "lib/x86_64-linux-gnu",
            "usr/lib/x86_64-linux-gnu",
            "lib/aarch64-linux-gnu",
            "usr/lib/aarch64-linux-gnu",
            "lib",
            "usr/lib",
        ];
        let libraries: Vec<String> =
            folders.iter().map(|folder| self.root.join(folder).display().to_string()).collect();
        let mut command = Command::new(&self.loader);
        command.arg("--library-path").arg(libraries.join(":")).arg(self.root.join(program));
        command
    }

    /// Starts the broker with a configuration. It runs as whoever runs the test, so the configuration needs `user root`
    /// when that is root.
    pub(crate) fn start(&self, config: &Path) -> Run {
        let mut child = self
            .program("usr/sbin/mosquitto")
            .arg("-c")
            .arg(config)
            .current_dir(config.parent().expect("a file in a folder"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, lines) = channel();
        let log = BufReader::new(child.stderr.take().unwrap());
        std::thread::spawn(move || {
            for line in log.split(b'\n').map_while(Result::ok) {
                if sender.send(String::from_utf8_lossy(&line).into_owned()).is_err() {
                    break;
                }
            }
        });
        Run { child, lines, log: Vec::new() }
    }
}

/// What came of a start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It said that it runs.
    Runs,
    /// It ended, with this exit code; 128 and more is a signal's.
    Exits(i32),
}

/// A broker that was started; killed when dropped.
pub(crate) struct Run {
    child: Child,
    lines: Receiver<String>,
    log: Vec<String>,
}

impl Run {
    /// Waits until it says that it runs, or ends. The configuration must log to standard error, as it does by default.
    pub(crate) fn outcome(&mut self) -> Outcome {
        if self.wait_for(|line| line.contains("mosquitto version ") && line.ends_with(" running")) {
            return Outcome::Runs;
        }
        self.end()
    }

    /// Waits for a line of the log, from the first one on; false when the broker ends without it.
    pub(crate) fn wait_for(&mut self, wanted: impl Fn(&str) -> bool) -> bool {
        if self.log.iter().any(|line| wanted(line)) {
            return true;
        }
        loop {
            match self.lines.recv_timeout(LIMIT) {
                Ok(line) => {
                    let found = wanted(&line);
                    self.log.push(line);
                    if found {
                        return true;
                    }
                }
                Err(RecvTimeoutError::Disconnected) => return false,
                Err(RecvTimeoutError::Timeout) => {
                    panic!("the broker says nothing more:\n{}", self.log.join("\n"))
                }
            }
        }
    }

    /// Waits for its end.
    pub(crate) fn end(&mut self) -> Outcome {
        use std::os::unix::process::ExitStatusExt;
        let status = self.child.wait().unwrap();
        Outcome::Exits(status.code().unwrap_or(128 + status.signal().unwrap_or_default()))
    }

    /// What it has said so far.
    pub(crate) fn log(&mut self) -> &[String] {
        self.log.extend(self.lines.try_iter());
        &self.log
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The TCP sockets that listen in this network namespace.
pub(crate) fn listening() -> BTreeSet<SocketAddr> {
    let tables = ["/proc/self/net/tcp", "/proc/self/net/tcp6"];
    let tables = tables.iter().filter_map(|table| fs::read_to_string(table).ok()).collect::<String>();
    tables.lines().filter_map(socket).collect()
}

/// proc_pid_net(5): `sl local_address rem_address st`, state 0A is LISTEN; an address is words of 32 bits, in the order of
/// the machine.
fn socket(line: &str) -> Option<SocketAddr> {
    let fields: Vec<&str> = line.split_whitespace().collect();
    let [_, local, _, "0A", ..] = fields[..] else { return None };
    let (address, port) = local.rsplit_once(':')?;
    let words: Vec<[u8; 4]> = (0..address.len() / 8)
        .map(|word| Some(u32::from_str_radix(&address[word * 8..][..8], 16).ok()?.to_ne_bytes()))
        .collect::<Option<_>>()?;
    let address = match words[..] {
        [only] => IpAddr::V4(Ipv4Addr::from(only)),
        _ => IpAddr::V6(Ipv6Addr::from(<[u8; 16]>::try_from(words.concat()).ok()?)),
    };
    Some(SocketAddr::new(address, u16::from_str_radix(port, 16).ok()?))
}

/// The name of the image that the suite uses for a line.
fn image(line: Line) -> String {
    let number = match line {
        Line::V2_0 => "2.0",
        Line::V2_1 => "2.1",
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("mosquitto/image/name");
    said(Command::new(script).arg(number).env_remove("MOSQUITTO_IMAGE"))
}

/// Unpacks an image below the target folder, unless that was done before. Whoever comes first puts it in its place.
fn unpacked(image: &str) -> PathBuf {
    let id = said(docker().args(["image", "inspect", "--format", "{{.Id}}", image]));
    let native = Path::new(env!("CARGO_TARGET_TMPDIR")).join("native");
    let place = native.join(id.trim_start_matches("sha256:"));
    if place.exists() {
        return place;
    }
    fs::create_dir_all(&native).unwrap();
    let new = tempfile::tempdir_in(&native).unwrap();
    let mut create = docker();
    create.arg("create");
    let claim = Claim::new().unwrap();
    for (key, value) in claim.labels() {
        create.args(["--label", &format!("{key}={value}")]);
    }
    let container = said(create.arg(image));
    let mut export = docker().args(["export", &container]).stdout(Stdio::piped()).spawn().unwrap();
    let mut tar = Command::new("tar");
    tar.args(["--extract", "--no-same-owner", "--exclude=dev/*", "--directory"]).arg(new.path());
    let tar = tar.stdin(export.stdout.take().unwrap()).status().unwrap();
    let export = export.wait().unwrap();
    said(docker().args(["rm", "--force", "--volumes", &container]));
    assert!(tar.success() && export.success(), "{image} could not be unpacked");
    // Somebody else may have been faster.
    let _ = fs::rename(new.path(), &place);
    assert!(place.exists(), "{} could not be put in its place", place.display());
    place
}

fn docker() -> Command {
    Command::new("docker")
}

fn said(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
