use std::sync::Arc;
use std::time::Duration;

use mosquitto_fixtures::pki::Pem;
use mosquitto_fixtures::rumqttc::{
    AsyncClient, ConnectionError, Event, EventLoop, LastWill, MqttOptions, Outgoing, Packet, QoS,
    TlsConfiguration, Transport,
};
use mosquitto_fixtures::rustls::crypto::ring;
use mosquitto_fixtures::rustls::{ClientConfig, RootCertStore};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio::sync::watch;

use super::player::{Order, Said};
use super::role::{Role, Task, WILL};

/// rumqttc, as an application uses it.
pub(super) async fn play(role: Role, mut orders: UnboundedReceiver<Order>, voice: UnboundedSender<Said>) {
    let (client, events) = AsyncClient::new(options(&role), 8);
    let (unacknowledged, mut acknowledged) = watch::channel(0_usize);
    let obeying = async {
        while let Some(order) = orders.recv().await {
            match order {
                Order::CutOff => return,
                Order::Leave => {
                    acknowledged.wait_for(|open| *open == 0).await.unwrap();
                    client.disconnect().await.unwrap();
                }
                Order::Publish(payload) => {
                    let Task::Publish { topic, qos, retain } = &role.task else { panic!("it subscribes") };
                    unacknowledged.send_modify(|open| *open += 1);
                    client.publish(topic, *qos, *retain, payload).await.unwrap();
                }
            }
        }
    };
    tokio::select! {
        () = obeying => {}
        () = polling(&role, &client, events, &unacknowledged, &voice) => {}
    }
}

/// Until it has taken leave, or the connection is lost and the role does not say otherwise.
async fn polling(
    role: &Role,
    client: &AsyncClient,
    mut events: EventLoop,
    unacknowledged: &watch::Sender<usize>,
    voice: &UnboundedSender<Said>,
) {
    loop {
        let said = match events.poll().await {
            Ok(Event::Incoming(Packet::ConnAck(_))) => {
                if let Task::Subscribe { filter, qos } = &role.task {
                    client.subscribe(filter, *qos).await.unwrap();
                }
                Said::Connected
            }
            Ok(Event::Incoming(Packet::PubAck(_) | Packet::PubComp(_))) => {
                unacknowledged.send_modify(|open| *open -= 1);
                Said::Acknowledged
            }
            Ok(Event::Incoming(Packet::Publish(publish))) => {
                let payload = str::from_utf8(&publish.payload).unwrap();
                let qos = publish.qos as u8;
                Said::Message(role.client.delivery(qos, publish.retain, &publish.topic, payload))
            }
            Ok(Event::Incoming(Packet::SubAck(_))) => Said::Subscribed,
            Ok(Event::Outgoing(Outgoing::Disconnect)) => return,
            Ok(_) => continue,
            Err(ConnectionError::ConnectionRefused(code)) => {
                let _ = voice.send(Said::Refused(format!("{code:?}")));
                return;
            }
            Err(error) if role.reconnects => {
                // It would try again at once, and as often as it can.
                tokio::time::sleep(Duration::from_millis(100)).await;
                Said::Complaint(error.to_string())
            }
            Err(error) => {
                let _ = voice.send(Said::Complaint(error.to_string()));
                return;
            }
        };
        // Nobody may listen any more.
        let _ = voice.send(said);
    }
}

fn options(role: &Role) -> MqttOptions {
    let name = role.client.name();
    let mut options = MqttOptions::new(name, role.address.ip().to_string(), role.address.port());
    options.set_credentials(name, &role.password);
    options.set_keep_alive(Duration::from_secs(role.keep_alive.into()));
    options.set_clean_session(role.clean_session);
    if let Some(topic) = &role.will {
        options.set_last_will(LastWill::new(topic, WILL, QoS::AtLeastOnce, false));
    }
    let mut anchors = RootCertStore::empty();
    anchors.add_parsable_certificates(Pem::read(&role.authority).unwrap().certificates().unwrap());
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(anchors)
        .with_no_client_auth();
    options.set_transport(Transport::tls_with_config(TlsConfiguration::Rustls(Arc::new(config))));
    options
}
