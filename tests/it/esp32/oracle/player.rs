use std::time::Duration;

use esp32_sim::tls::Stack;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

use super::client::Client;
use super::role::Role;
use super::{device, mosquitto, paho, rumqttc};

/// What is done to a client while it plays.
pub(super) enum Order {
    /// Its power is cut, its process killed, its socket dropped.
    CutOff,
    /// It takes leave once all that it published is acknowledged.
    Leave,
    /// It publishes this payload as its role says.
    Publish(String),
}

/// What a client itself says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    /// PUBACK or PUBCOMP came.
    Acknowledged,
    /// On stderr, or what is like it.
    Complaint(String),
    /// CONNACK 0 came.
    Connected,
    Message(String),
    /// In its own words.
    Refused(String),
    /// SUBACK came.
    Subscribed,
}

/// A client that plays a role.
pub(super) struct Player {
    pub(super) client: Client,
    orders: UnboundedSender<Order>,
    said: UnboundedReceiver<Said>,
    heard: Vec<Said>,
    task: JoinHandle<()>,
}

impl Player {
    pub(super) fn begin(role: Role) -> Self {
        let (orders, receiver) = unbounded_channel();
        let (voice, said) = unbounded_channel();
        let client = role.client;
        let task = match client {
            Client::Esp32 => tokio::spawn(device::play(role, Stack::Rustls, receiver, voice)),
            Client::Esp32Mbedtls => tokio::spawn(device::play(role, Stack::Mbedtls, receiver, voice)),
            Client::Mosquitto => tokio::spawn(mosquitto::play(role, receiver, voice)),
            Client::Paho => tokio::spawn(paho::play(role, receiver, voice)),
            Client::Rumqttc => tokio::spawn(rumqttc::play(role, receiver, voice)),
        };
        Self { client, orders, said, heard: Vec::new(), task }
    }

    pub(super) fn publish(&self, payload: &str) {
        self.orders.send(Order::Publish(payload.into())).unwrap();
    }

    /// Waits until the client has said such a thing so many times, since it began.
    pub(super) async fn until(&mut self, times: usize, awaited: impl Fn(&Said) -> bool) {
        while self.heard.iter().filter(|said| awaited(said)).count() < times {
            let next = self.next().await;
            let Some(said) = next else { panic!("{:?} has ended, after {:#?}", self.client, self.heard) };
            self.heard.push(said);
        }
    }

    /// Waits until it has taken leave, and gives all that it said.
    pub(super) async fn leave(self) -> Vec<String> {
        self.end(Order::Leave).await
    }

    pub(super) async fn cut_off(self) -> Vec<String> {
        self.end(Order::CutOff).await
    }

    async fn end(mut self, order: Order) -> Vec<String> {
        // It may have ended by itself, refused.
        let _ = self.orders.send(order);
        while let Some(said) = self.next().await {
            self.heard.push(said);
        }
        let lines = self.heard.iter().filter_map(|said| match said {
            Said::Acknowledged => Some("acknowledged".to_owned()),
            Said::Complaint(_) => None,
            Said::Connected => Some("connected".to_owned()),
            Said::Message(message) => Some(message.clone()),
            Said::Refused(words) => Some(format!("refused: {words}")),
            Said::Subscribed => Some("subscribed".to_owned()),
        });
        lines.collect()
    }

    async fn next(&mut self) -> Option<Said> {
        let next = tokio::time::timeout(Duration::from_secs(30), self.said.recv()).await;
        next.unwrap_or_else(|_| panic!("{:?} says nothing more, after {:#?}", self.client, self.heard))
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        self.task.abort();
    }
}
