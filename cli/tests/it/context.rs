//! The engine of a docker context is the one that everybody speaks to: the library, the docker command and Compose.

use std::io::{Read, Write};
use std::os::unix::fs::symlink;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

use rustix::process::{Pid, Signal, kill_process};

use crate::engine::{containers_of, folders_of, mosquitto_fixtures, wait_until};

/// The engine under another address, which is that of the docker context in use.
struct Proxy {
    folder: tempfile::TempDir,
    /// What was sent to the engine.
    sent: Arc<Mutex<Vec<u8>>>,
}

impl Proxy {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("engine.sock");
        let listener = UnixListener::bind(&socket).unwrap();
        let sent = Arc::new(Mutex::new(Vec::new()));
        let record = Arc::clone(&sent);
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let engine = UnixStream::connect(engine()).unwrap();
                copy(client.try_clone().unwrap(), engine.try_clone().unwrap(), Some(Arc::clone(&record)));
                copy(engine, client, None);
            }
        });
        // Compose may be a plugin of this user's.
        let own = std::env::var_os("DOCKER_CONFIG").map(PathBuf::from);
        let own = own.unwrap_or_else(|| Path::new(&std::env::var_os("HOME").unwrap()).join(".docker"));
        symlink(own.join("cli-plugins"), folder.path().join("cli-plugins")).unwrap();
        let docker = |arguments: &[&str]| {
            let mut command = Command::new("docker");
            command.args(arguments).env("DOCKER_CONFIG", folder.path()).env_remove("DOCKER_HOST");
            let output = command.output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        };
        let host = format!("host=unix://{}", socket.display());
        docker(&["context", "create", "other", "--docker", &host]);
        docker(&["context", "use", "other"]);
        Self { folder, sent }
    }

    /// A command for which the context is in use.
    fn command(&self) -> Command {
        let mut command = mosquitto_fixtures();
        command
            .env("DOCKER_CONFIG", self.folder.path())
            .env_remove("DOCKER_HOST")
            .env_remove("DOCKER_CONTEXT");
        command
    }

    fn has_seen(&self, text: &str) -> bool {
        String::from_utf8_lossy(&self.sent.lock().unwrap()).contains(text)
    }
}

/// The socket that this test's own environment names.
fn engine() -> PathBuf {
    let host = std::env::var("DOCKER_HOST").unwrap_or_else(|_| "unix:///var/run/docker.sock".to_owned());
    Path::new(host.strip_prefix("unix://").expect("the suite has its engine on this machine")).to_owned()
}

fn copy(mut from: UnixStream, mut to: UnixStream, record: Option<Arc<Mutex<Vec<u8>>>>) {
    thread::spawn(move || {
        let mut buffer = [0; 16 * 1024];
        while let Ok(length @ 1..) = from.read(&mut buffer) {
            if let Some(record) = &record {
                record.lock().unwrap().extend_from_slice(&buffer[..length]);
            }
            if to.write_all(&buffer[..length]).is_err() {
                break;
            }
        }
        let _ = to.shutdown(std::net::Shutdown::Write);
    });
}

#[test]
fn a_broker_is_started_watched_and_removed_through_the_context_in_use() {
    let proxy = Proxy::new();
    let mut child = proxy.command().arg("up").stdout(Stdio::piped()).spawn().unwrap();
    let pid = child.id();
    std::io::BufRead::lines(std::io::BufReader::new(child.stdout.take().unwrap())).next().unwrap().unwrap();
    assert!(proxy.has_seen("POST /containers/create"));
    let name = folders_of(pid)[0].file_name().unwrap().to_string_lossy().into_owned();
    let container = format!("mosquitto-fixtures-{}", name.rsplit('-').next().unwrap());
    kill_process(Pid::from_child(&child), Signal::KILL).unwrap();
    child.wait().unwrap();
    wait_until(|| containers_of(pid).is_empty() && folders_of(pid).is_empty());
    // By the docker command, which speaks a version.
    let removal = format!("/containers/{container}?force=1&v=1 ");
    assert!(proxy.has_seen(&removal), "{removal}");
}

#[test]
fn compose_speaks_to_the_context_in_use() {
    let proxy = Proxy::new();
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let arguments =
        ["verify", "--profile", "prod", "--clause", "listeners.broker-starts", "--deployment", root];
    let output = proxy.command().args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(proxy.has_seen("com.docker.compose.project"));
}
