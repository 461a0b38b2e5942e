use std::path::Path;

use mosquitto_fixtures::broker::Broker;
use mosquitto_fixtures::client::Transport;
use mosquitto_fixtures::deployment::Deployment;
use mosquitto_fixtures::pki::Password;

use super::Error;
use super::options::{Address, Options};

/// The broker under test, and what a device needs to get in.
pub(crate) struct Target {
    pub(crate) address: Address,
    /// PEM.
    pub(crate) trust_anchor: Option<String>,
    /// In the order of the devices; nothing for a broker that asks nobody.
    pub(crate) users: Vec<(String, Password)>,
    /// That the command started. It ends with this.
    pub(crate) own: Option<Broker>,
}

impl Target {
    /// The broker of `--broker`, or one that is started for these devices.
    pub(crate) async fn of(options: &Options, ids: &[String]) -> Result<Self, crate::error::Error> {
        match &options.broker {
            Some(address) => Ok(Self::foreign(options, address, ids)?),
            None => Self::started(options, ids).await,
        }
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
            let password =
                std::env::var(variable).map_err(|_| Error::NoPassword { variable: variable.clone() })?;
            let user = |id: &String| (name.replace("{id}", id), password.replace("{id}", id).into());
            users = ids.iter().map(user).collect();
        }
        Ok(Self { address: address.clone(), trust_anchor, users, own: None })
    }

    async fn started(options: &Options, ids: &[String]) -> Result<Self, crate::error::Error> {
        let deployment = Deployment::open(&options.deployment)?;
        let users: Vec<(String, Password)> = ids.iter().map(|id| (id.clone(), Password::random())).collect();
        let mut builder = Broker::deployment(&deployment)
            .throwaway_certificates()
            .user(deployment.backend_user()?, Password::random());
        for (name, password) in &users {
            builder = builder.user(name.clone(), password.clone());
        }
        let broker = builder.start().await?;
        let endpoint = broker.endpoint(Transport::Tls).or_else(|_| broker.endpoint(Transport::Tcp))?;
        let tls = endpoint.transport.has_tls();
        let trust_anchor = match broker.ca_file() {
            Some(file) if tls => Some(certificate(&file)?),
            _ => None,
        };
        let address = Address { tls, host: endpoint.host, port: endpoint.port };
        Ok(Self { address, trust_anchor, users, own: Some(broker) })
    }
}

fn certificate(file: &Path) -> Result<String, Error> {
    let path = || file.to_owned();
    let text = std::fs::read_to_string(file).map_err(|source| Error::Read { path: path(), source })?;
    if text.contains("-----BEGIN CERTIFICATE-----") {
        Ok(text)
    } else {
        Err(Error::NoCertificate { path: path() })
    }
}
