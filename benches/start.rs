//! What the library costs above the engine itself: ratios within one run, nothing asserted.
//!
//! The yardstick is the docker command with the same image, files and ports, until the TLS listener sends its
//! first ServerHello. The library's broker has by then also answered a CONNECT on each listener.

#![allow(clippy::expect_used, reason = "what a benchmark cannot do ends it")]

use std::hint::black_box;
use std::process::Stdio;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use mosquitto_fixtures::broker::{Broker, Line};
use mosquitto_fixtures::client::{Endpoint, Hello, ProtocolVersion, Transport};
use mosquitto_fixtures::deployment::{Certificates, Deployment};
use mosquitto_fixtures::pki::{Authority, PasswordFile};
use tempfile::TempDir;
use tokio::process::Command;

const ROUNDS: usize = 10;
const PARALLEL: usize = 8;
const PORTS: [u16; 3] = [1883, 8883, 9001];

#[tokio::main]
async fn main() {
    pki();
    for line in Line::ALL {
        let image = Broker::builder().plain().line(line).start().await.expect("a broker").image().to_string();
        let bench = Bench::new(line, image);
        println!("\n{} ({PORTS:?}, {ROUNDS} rounds, milliseconds)", bench.image);
        println!("{:<34} {:>8} {:>8} {:>7}", "", "library", "docker", "ratio");
        bench.compare("one, ready", 1).await;
        bench.compare("eight in parallel, ready", PARALLEL).await;
    }
}

/// A throwaway CA and a server certificate, with fresh keys.
fn pki() {
    const REPEAT: u32 = 200;
    let start = Instant::now();
    for _ in 0..REPEAT {
        let authority = Authority::new().expect("an authority");
        black_box(authority.issue(&["localhost", "mosquitto", "127.0.0.1", "::1"]).expect("a certificate"));
    }
    println!("CA and server certificate, P-256: {:.3} ms", milliseconds(start.elapsed() / REPEAT));
}

struct Bench {
    line: Line,
    image: String,
    deployment: Deployment,
    _certs: TempDir,
}

impl Bench {
    fn new(line: Line, image: String) -> Self {
        let certs = tempfile::tempdir().expect("a folder");
        let made = Certificates::new(&[], 30, PasswordFile::default()).expect("certificates");
        made.write(certs.path()).expect("written certificates");
        let root = env!("CARGO_MANIFEST_DIR");
        let deployment = Deployment::open(root).expect("this repository").with_certificates(certs.path());
        Self { line, image, deployment, _certs: certs }
    }

    /// Library and docker in turn, `count` brokers at a time.
    async fn compare(&self, name: &str, count: usize) {
        let (mut library, mut docker) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            library.push(self.by_library(count).await);
            docker.push(self.by_docker(count).await);
        }
        let (library, docker) = (median(library), median(docker));
        let ratio = library.as_secs_f64() / docker.as_secs_f64();
        println!("{name:<34} {:>8.0} {:>8.0} {ratio:>7.2}", milliseconds(library), milliseconds(docker));
    }

    async fn by_library(&self, count: usize) -> Duration {
        let start = Instant::now();
        let brokers = (0..count).map(|_| Broker::deployment(&self.deployment).line(self.line).start());
        let brokers = join_all(brokers).await;
        let time = start.elapsed();
        for broker in brokers {
            drop(broker.expect("a broker"));
        }
        time
    }

    async fn by_docker(&self, count: usize) -> Duration {
        let ports = free_ports(count);
        let start = Instant::now();
        let containers = join_all(ports.iter().map(|ports| self.docker_run(*ports))).await;
        let time = start.elapsed();
        for container in containers {
            let remove = ["rm", "--force", "--volumes", &container];
            Command::new("docker").args(remove).stdout(Stdio::null()).status().await.expect("docker rm");
        }
        time
    }

    /// Until the first ServerHello; gives the container's id.
    async fn docker_run(&self, ports: [u16; 3]) -> String {
        let mut command = Command::new("docker");
        command.args(["run", "--detach"]);
        for (host, container) in ports.iter().zip(PORTS) {
            command.arg(format!("--publish=127.0.0.1:{host}:{container}"));
        }
        for file in self.deployment.files().expect("the files") {
            let source = file.host.canonicalize().expect("a path");
            command.arg(format!("--volume={}:{}:ro", source.display(), file.container));
        }
        let output = command.arg(&self.image).output().await.expect("docker run");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        first_server_hello(ports[1]).await;
        String::from_utf8(output.stdout).expect("a container's id").trim().to_owned()
    }
}

/// Not before the container has its network: a packet to an address that nobody has yet is repeated after a
/// second (arp(7), retrans_time), and every later one waits for that.
async fn first_server_hello(port: u16) {
    let endpoint = Endpoint::new(Transport::Tls, "127.0.0.1", port);
    loop {
        let verdict = Hello::new(ProtocolVersion::Tls1_2).run(&endpoint).await;
        if verdict.is_ok_and(|verdict| verdict.is_accepted()) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// Below the ports that the kernel and the engine give out by themselves (ip(7), ip_local_port_range).
fn free_ports(count: usize) -> Vec<[u16; 3]> {
    let free = |port: &u16| std::net::TcpListener::bind(("127.0.0.1", *port)).is_ok();
    let ports: Vec<u16> = (20_000..32_000).filter(free).take(count * PORTS.len()).collect();
    ports.chunks_exact(PORTS.len()).map(|ports| [ports[0], ports[1], ports[2]]).collect()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
