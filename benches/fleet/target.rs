use std::net::SocketAddr;
use std::path::PathBuf;

use mosquitto_fixtures::broker::Broker;
use mosquitto_fixtures::client::Transport;
use mosquitto_fixtures::deployment::Deployment;
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// The name in the broker's certificate. Its address is not known when that is made.
pub(crate) const NAME: &str = "localhost";

/// Where a process connects to, and how often.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// The container's own: the engine's port proxy would be one more process at work, and takes six file descriptors
    /// a connection.
    pub(crate) address: SocketAddr,
    pub(crate) ca: PathBuf,
    pub(crate) devices: usize,
    /// The broker's process.
    pub(crate) broker: u32,
}

impl Target {
    pub(crate) fn arguments(&self) -> [String; 4] {
        let Self { address, ca, devices, broker } = self;
        [address.to_string(), ca.display().to_string(), devices.to_string(), broker.to_string()]
    }

    pub(crate) fn of(arguments: &[String]) -> Self {
        let [address, ca, devices, broker] = arguments else { panic!("what a parent gives: {arguments:?}") };
        Self {
            address: address.parse().expect("an address"),
            ca: PathBuf::from(ca),
            devices: devices.parse().expect("a number"),
            broker: broker.parse().expect("a process"),
        }
    }
}

/// Asks nobody who he is, and does not say who came: what reads a container's log would be one more process at work.
const CONFIG: &str = "\
listener 8883
certfile /mosquitto/certs/server.crt
keyfile /mosquitto/certs/server.key
allow_anonymous true
connection_messages false
";

/// A broker, and the folder that it is made of.
pub(crate) fn start() -> (Broker, TempDir, Target) {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("mosquitto")).expect("a folder");
    std::fs::write(folder.path().join("mosquitto/mosquitto.conf"), CONFIG).expect("a configuration");
    let deployment = Deployment::open(folder.path()).expect("a deployment");
    let runtime = Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let broker =
            Broker::deployment(&deployment).throwaway_certificates().start().await.expect("a broker");
        let address = broker.container_address(Transport::Tls).await.expect("the container's address");
        let ca = broker.ca_file().expect("a trust anchor");
        let target = Target { address, ca, devices: 0, broker: process(&broker) };
        (broker, folder, target)
    })
}

fn process(broker: &Broker) -> u32 {
    let inspect = ["inspect", "--format", "{{.State.Pid}}", broker.container_id()];
    let output = std::process::Command::new("docker").args(inspect).output().expect("the docker command");
    String::from_utf8_lossy(&output.stdout).trim().parse().expect("a process")
}
