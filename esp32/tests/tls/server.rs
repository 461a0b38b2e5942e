use std::io::{Read, Write};
use std::sync::Arc;

use esp32_sim::client::TransportError;
use esp32_sim::tls::Session;
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::server::{ResolvesServerCert, WebPkiClientVerifier};
use rustls::sign::{CertifiedKey, Signer, SigningKey, SingleCertAndKey};
use rustls::version::TLS12;
use rustls::{
    AlertDescription, Error, RootCertStore, ServerConfig, ServerConnection, SignatureAlgorithm,
    SignatureScheme,
};

use crate::pki::Shown;

pub(crate) fn config(shown: Shown) -> ServerConfig {
    builder().with_no_client_auth().with_cert_resolver(certified(shown))
}

/// One that insists on a certificate of `anchor`.
pub(crate) fn mutual_config(shown: Shown, anchor: &CertificateDer<'static>) -> ServerConfig {
    let mut roots = RootCertStore::empty();
    roots.add(anchor.clone()).unwrap();
    let verifier =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::new(ring::default_provider()))
            .build()
            .unwrap();
    builder().with_client_cert_verifier(verifier).with_cert_resolver(certified(shown))
}

fn builder() -> rustls::ConfigBuilder<ServerConfig, rustls::WantsVerifier> {
    ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[&TLS12])
        .unwrap()
}

fn certified(shown: Shown) -> Arc<dyn ResolvesServerCert> {
    let key: Arc<dyn SigningKey> = match shown.key {
        Some(key) => ring::sign::any_supported_type(&key).unwrap(),
        None => Arc::new(Scribble),
    };
    Arc::new(SingleCertAndKey::from(CertifiedKey::new(shown.chain, key)))
}

/// Signs for a key that nobody has: the client is through with the certificate before it looks at the signature.
#[derive(Debug)]
struct Scribble;

impl SigningKey for Scribble {
    fn choose_scheme(&self, _offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        Some(Box::new(Scribble))
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::ECDSA
    }
}

impl Signer for Scribble {
    fn sign(&self, _message: &[u8]) -> Result<Vec<u8>, Error> {
        Ok(vec![0; 64])
    }

    fn scheme(&self) -> SignatureScheme {
        SignatureScheme::ECDSA_NISTP256_SHA256
    }
}

/// A server in memory.
pub(crate) struct Server {
    pub(crate) connection: ServerConnection,
    pub(crate) failed: Option<Error>,
    /// Every byte from the client.
    pub(crate) received: Vec<u8>,
}

/// How it ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) client: Result<(), TransportError>,
    /// The alert that the client sent.
    pub(crate) alert: Option<AlertDescription>,
}

impl Server {
    pub(crate) fn new(config: ServerConfig) -> Self {
        let mut connection = ServerConnection::new(Arc::new(config)).unwrap();
        connection.set_buffer_limit(None);
        Self { connection, failed: None, received: Vec::new() }
    }

    /// Passes bytes both ways until neither side has any.
    pub(crate) fn exchange(&mut self, client: &mut dyn Session) -> Outcome {
        let mut outcome = Ok(());
        loop {
            let from_client = std::mem::take(client.transmit());
            self.take(&from_client);
            let from_server = self.bytes();
            if from_client.is_empty() && from_server.is_empty() {
                break;
            }
            if !from_server.is_empty() && outcome.is_ok() {
                outcome = client.receive(&from_server);
            }
        }
        let alert = match &self.failed {
            Some(Error::AlertReceived(alert)) => Some(*alert),
            _ => None,
        };
        Outcome { client: outcome, alert }
    }

    pub(crate) fn take(&mut self, mut bytes: &[u8]) {
        self.received.extend_from_slice(bytes);
        while !bytes.is_empty() && self.failed.is_none() {
            self.connection.read_tls(&mut bytes).unwrap();
            self.failed = self.connection.process_new_packets().err();
        }
    }

    /// What the server has to say.
    pub(crate) fn bytes(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        while self.connection.wants_write() {
            self.connection.write_tls(&mut bytes).unwrap();
        }
        bytes
    }

    pub(crate) fn write(&mut self, plaintext: &[u8]) {
        self.connection.writer().write_all(plaintext).unwrap();
    }

    /// All plaintext that arrived.
    pub(crate) fn read(&mut self) -> Vec<u8> {
        let mut plaintext = Vec::new();
        // WouldBlock is the end of it.
        let _ = self.connection.reader().read_to_end(&mut plaintext);
        plaintext
    }
}
