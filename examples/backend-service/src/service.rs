//! From telemetry to commands.

use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rumqttc::{
    AsyncClient, ClientError, ConnectReturnCode, ConnectionError, Event, EventLoop, MqttOptions, Packet,
    Publish, QoS, SubscribeReasonCode, TlsConfiguration, Transport,
};
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::{self, PemObject};
use rustls::{ClientConfig, RootCertStore};

use crate::settings::Settings;

const TELEMETRY: &str = "plantops/+/telemetry/#";

/// Soil with less moisture than this, in percent, is dry.
const THRESHOLD: f64 = 30.0;

/// How many commands may wait for the broker.
const BACKLOG: usize = 1024;

/// Why the service ends. Whoever started it decides when to start it again.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("trust anchors in {}: {source}", path.display())]
    CaFile { path: PathBuf, source: pem::Error },
    #[error(transparent)]
    Tls(#[from] rustls::Error),
    #[error("broker {host}:{port}: {source}")]
    Connection { host: String, port: u16, source: Box<ConnectionError> },
    #[error("the broker refuses the login: MQTT_BACKEND_USER or MQTT_BACKEND_PASSWORD is wrong")]
    Login,
    #[error("the broker refuses the subscription to {TELEMETRY}")]
    Subscription,
    #[error("{BACKLOG} commands wait for the broker, and there is no room for another")]
    Backlog(#[from] Box<ClientError>),
}

/// Subscribed to the telemetry.
pub struct Service {
    client: AsyncClient,
    events: EventLoop,
}

impl Service {
    /// Connects and subscribes: from now on no telemetry is missed.
    pub async fn start(settings: &Settings) -> Result<Self, Error> {
        let mut options = MqttOptions::new("backend-service", &settings.host, settings.port);
        options.set_credentials(&settings.user, &settings.password);
        if let Some(file) = &settings.ca_file {
            let config = TlsConfiguration::Rustls(Arc::new(trust(file)?));
            options.set_transport(Transport::tls_with_config(config));
        }
        let (client, events) = AsyncClient::new(options, BACKLOG);
        let mut service = Self { client, events };
        service.client.try_subscribe(TELEMETRY, QoS::AtLeastOnce).map_err(Box::new)?;
        loop {
            if let Event::Incoming(Packet::SubAck(answer)) = service.next().await? {
                let refused = answer.return_codes.contains(&SubscribeReasonCode::Failure);
                return if refused { Err(Error::Subscription) } else { Ok(service) };
            }
        }
    }

    /// Waters until the connection is lost.
    pub async fn run(mut self) -> Result<Infallible, Error> {
        loop {
            self.next().await?;
        }
    }

    /// The next event. Telemetry is dealt with here: a retained message may come even before SUBACK.
    async fn next(&mut self) -> Result<Event, Error> {
        let event = self.events.poll().await.map_err(|error| self.lost(error))?;
        if let Event::Incoming(Packet::Publish(telemetry)) = &event
            && let Some(device) = dry(telemetry)
        {
            // To wait for room in the queue would be to wait for ourselves: it is emptied by `poll`.
            let commands = format!("plantops/{device}/commands");
            self.client.try_publish(commands, QoS::AtLeastOnce, false, "water").map_err(Box::new)?;
        }
        Ok(event)
    }

    fn lost(&self, error: ConnectionError) -> Error {
        use ConnectReturnCode::{BadUserNamePassword, NotAuthorized};
        if let ConnectionError::ConnectionRefused(BadUserNamePassword | NotAuthorized) = error {
            return Error::Login;
        }
        let (host, port) = self.events.mqtt_options.broker_address();
        Error::Connection { host, port, source: error.into() }
    }
}

/// The device whose plant is dry, if this says so.
fn dry(telemetry: &Publish) -> Option<&str> {
    let device = telemetry.topic.split('/').nth(1)?;
    let moisture: f64 = str::from_utf8(&telemetry.payload).ok()?.parse().ok()?;
    (moisture < THRESHOLD).then_some(device)
}

/// TLS with a broker whose certificate one of these anchors has signed.
fn trust(file: &Path) -> Result<ClientConfig, Error> {
    let certificates = CertificateDer::pem_file_iter(file).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let certificates = certificates.map_err(|source| Error::CaFile { path: file.to_owned(), source })?;
    let mut anchors = RootCertStore::empty();
    anchors.add_parsable_certificates(certificates);
    // The provider by name: with a second one among the dependencies rustls would not choose.
    let provider = Arc::new(ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(config.with_root_certificates(anchors).with_no_client_auth())
}
