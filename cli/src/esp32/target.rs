use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use esp32_sim::client::{self, Address, Verification};
use esp32_sim::fleet::Identity;
use mosquitto_fixtures::broker::Broker;
use mosquitto_fixtures::client::Transport;
use mosquitto_fixtures::deployment::Deployment;
use mosquitto_fixtures::foreign::{self, Kind};
use mosquitto_fixtures::pki::Password;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

use super::options::Options;
use super::{Error, figures};

/// The broker under test, and what a device needs to get in.
pub(crate) struct Target {
    pub(crate) address: Address,
    /// The container's own address, where the published one leads through the engine's port proxy: that takes six file
    /// descriptors a connection, and ends with all of them when it has no more.
    pub(crate) direct: Option<SocketAddr>,
    /// The file with the trust anchor.
    pub(crate) ca: Option<PathBuf>,
    /// What is in it: PEM.
    pub(crate) trust_anchor: Option<String>,
    /// In the order of the devices; nothing for a broker that asks nobody.
    pub(crate) users: Vec<(String, Password)>,
    /// Who may read what the devices publish.
    pub(crate) observer: Option<(String, Password)>,
    /// That the command started. It ends with this.
    pub(crate) own: Option<Broker>,
}

impl Target {
    /// The broker of `--broker`, or one that is started for these devices.
    pub(crate) async fn of(options: &Options, ids: &[String]) -> Result<Self, crate::error::Error> {
        match &options.broker {
            Some(address) => {
                resolve(address).await?;
                Ok(Self::foreign(options, address, ids)?)
            }
            None => Self::started(options, ids).await,
        }
    }

    /// What is under test; `told` is the version that a broker of somebody else says it has.
    pub(crate) fn described(&self, told: Option<String>) -> figures::Broker {
        let version = self.own.as_ref().map(Broker::version).or(told);
        figures::Broker { address: self.address.to_string(), version }
    }

    /// Who these devices are.
    pub(crate) fn identities(&self, ids: &[String]) -> Vec<Identity> {
        let mut users = self.users.iter();
        let mut identity = |id: &String| Identity {
            id: id.clone(),
            login: users.next().map(|(name, password)| (name.clone(), password.reveal().to_owned())),
        };
        ids.iter().map(&mut identity).collect()
    }

    /// Where a link to it leads.
    pub(crate) async fn located(&self) -> Result<SocketAddr, Error> {
        match self.direct {
            Some(address) => Ok(address),
            None => resolve(&self.address).await,
        }
    }

    /// How a device reaches it.
    pub(crate) fn broker(&self) -> client::Broker {
        let mut address = self.address.clone();
        let mut verification =
            Verification { certificate: self.trust_anchor.clone(), ..Verification::default() };
        if let Some(container) = self.direct {
            // Its certificate has the names that a client of the published port uses.
            verification.common_name = Some("localhost".into());
            address = Address { host: container.ip().to_string(), port: container.port(), ..address };
        }
        client::Broker { verification, ..address.into() }
    }

    fn foreign(options: &Options, address: &Address, ids: &[String]) -> Result<Self, Error> {
        let trust_anchor = match &options.ca {
            Some(file) => Some(certificate(file)?),
            // esp-tls refuses to connect when it is given nothing to verify with.
            None if address.tls => return Err(Error::NoTrustAnchor { address: address.to_string() }),
            None => None,
        };
        let mut users = Vec::new();
        if let (Some(name), Some(variable)) = (&options.username, &options.password_env) {
            let password = password(variable)?;
            let user = |id: &String| (name.replace("{id}", id), password.replace("{id}", id).into());
            users = ids.iter().map(user).collect();
        }
        let observer = match (&options.observer, &options.observer_password_env) {
            (Some(name), Some(variable)) => Some((name.clone(), password(variable)?.into())),
            _ => None,
        };
        let (address, ca) = (address.clone(), options.ca.clone());
        Ok(Self { address, direct: None, ca, trust_anchor, users, observer, own: None })
    }

    async fn started(options: &Options, ids: &[String]) -> Result<Self, crate::error::Error> {
        let deployment = Deployment::open(&options.deployment)?;
        let users: Vec<(String, Password)> = ids.iter().map(|id| (id.clone(), Password::random())).collect();
        // It may read every plant topic and $SYS.
        let observer = (deployment.backend_user()?, Password::random());
        let mut builder = Broker::deployment(&deployment)
            .throwaway_certificates()
            .user(observer.0.clone(), observer.1.clone());
        for (name, password) in &users {
            builder = builder.user(name.clone(), password.clone());
        }
        let broker = builder.start().await?;
        let endpoint = broker.endpoint(Transport::Tls).or_else(|_| broker.endpoint(Transport::Tcp))?;
        let tls = endpoint.transport.has_tls();
        let ca = broker.ca_file().filter(|_| tls);
        let trust_anchor = ca.as_deref().map(certificate).transpose()?;
        let address = Address { tls, host: endpoint.host, port: endpoint.port };
        let direct = direct(&broker, endpoint.transport).await;
        Ok(Self { address, direct, ca, trust_anchor, users, observer: Some(observer), own: Some(broker) })
    }
}

/// Where a host is; devices look it up themselves. A name that nobody knows would make every one of them fail, and that is no fault of the
/// broker.
async fn resolve(address: &Address) -> Result<SocketAddr, Error> {
    let found = timeout(LOOK_UP, lookup_host((address.host.as_str(), address.port))).await;
    let found = found.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
    let found = found.and_then(|mut found| found.next().ok_or_else(|| io::ErrorKind::NotFound.into()));
    found.map_err(|source| Error::Resolve { host: address.host.clone(), source })
}

/// How long a name server may take.
const LOOK_UP: Duration = Duration::from_secs(10);

/// The container's address, when it can be reached from here.
async fn direct(broker: &Broker, transport: Transport) -> Option<SocketAddr> {
    let address = broker.container_address(transport).await?;
    let connected = timeout(Duration::from_secs(1), TcpStream::connect(address)).await;
    connected.ok()?.ok().map(|_| address)
}

fn password(variable: &str) -> Result<String, Error> {
    std::env::var(variable).map_err(|_| Error::NoPassword { variable: variable.to_owned() })
}

fn certificate(file: &Path) -> Result<String, Error> {
    let path = || file.to_owned();
    let text = foreign::read_text(file, Kind::Pem)?;
    if text.contains("-----BEGIN CERTIFICATE-----") {
        Ok(text)
    } else {
        Err(Error::NoCertificate { path: path() })
    }
}
