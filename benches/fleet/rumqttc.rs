use std::sync::Arc;
use std::time::Duration;

use mosquitto_fixtures::rumqttc::{
    AsyncClient, Event, EventLoop, MqttOptions, Packet, QoS, TlsConfiguration, Transport,
};
use mosquitto_fixtures::rustls::client::danger::{
    HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier,
};
use mosquitto_fixtures::rustls::client::{Resumption, WebPkiServerVerifier};
use mosquitto_fixtures::rustls::crypto::ring;
use mosquitto_fixtures::rustls::pki_types::pem::PemObject;
use mosquitto_fixtures::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use mosquitto_fixtures::rustls::version::TLS12;
use mosquitto_fixtures::rustls::{
    ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
};

use super::steps::{Counted, Step};
use super::target::{NAME, Target};
use super::{MESSAGES, PAYLOAD, WINDOW};

pub(crate) async fn run(target: &Target) {
    let tls = Arc::new(tls(target));
    let counted = Arc::new(Counted::nothing());
    Step::Ready.reached();
    let mut clients = Vec::with_capacity(target.devices);
    for index in 0..target.devices {
        counted.room().await;
        let (client, events) = AsyncClient::new(options(target, &tls, index), WINDOW.into());
        clients.push(client);
        tokio::spawn(follow(events, Arc::clone(&counted)));
    }
    counted.all_connected(target.devices).await;
    Step::Connected.reached();
    for client in clients {
        tokio::spawn(async move {
            for _ in 0..MESSAGES {
                let published =
                    client.publish("plantops/bench/telemetry", QoS::AtLeastOnce, false, PAYLOAD).await;
                published.expect("an event loop");
            }
        });
    }
    counted.all_acknowledged(target.devices).await;
    Step::Acknowledged.reached();
}

async fn follow(mut events: EventLoop, counted: Arc<Counted>) {
    // What fails is tried again, as the simulator does.
    loop {
        match events.poll().await {
            Ok(Event::Incoming(Packet::ConnAck(_))) => counted.connected(),
            Ok(Event::Incoming(Packet::PubAck(_))) => counted.acknowledged(),
            _ => {}
        }
    }
}

fn options(target: &Target, tls: &Arc<ClientConfig>, index: usize) -> MqttOptions {
    let host = target.address.ip().to_string();
    let mut options = MqttOptions::new(format!("device-{index:05}"), host, target.address.port());
    let tls = TlsConfiguration::Rustls(Arc::clone(tls));
    options
        .set_transport(Transport::tls_with_config(tls))
        .set_keep_alive(Duration::from_secs(120))
        .set_inflight(WINDOW);
    options
}

/// As the simulator's: TLS 1.2, the whole handshake each time, the same name.
fn tls(target: &Target) -> ClientConfig {
    let mut anchors = RootCertStore::empty();
    let anchor = CertificateDer::from_pem_file(&target.ca).expect("a trust anchor");
    anchors.add(anchor).expect("a trust anchor");
    let provider = Arc::new(ring::default_provider());
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(anchors), Arc::clone(&provider));
    let verifier =
        Named { verifier: verifier.build().expect("a verifier"), name: NAME.try_into().expect("a name") };
    let builder = ClientConfig::builder_with_provider(provider).with_protocol_versions(&[&TLS12]);
    let mut config = builder
        .expect("TLS 1.2")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    config.resumption = Resumption::disabled();
    config
}

/// rumqttc compares the certificate with what it connects to. This compares it with the name that is in there.
#[derive(Debug)]
struct Named {
    verifier: Arc<WebPkiServerVerifier>,
    name: ServerName<'static>,
}

impl ServerCertVerifier for Named {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.verifier.verify_server_cert(end_entity, intermediates, &self.name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verifier.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verifier.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.verifier.supported_verify_schemes()
    }
}
