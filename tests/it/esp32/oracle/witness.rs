use mosquitto_fixtures::client::{Attempt, Connection, Message, QoS};

use super::client::Client;

/// A backend that looks on, and publishes what the client is to hear.
pub(super) struct Witness {
    client: Client,
    connection: Connection,
}

impl Witness {
    pub(super) async fn of(client: Client, backend: Attempt, qos: QoS) -> Self {
        let mut connection = backend.connect().await.unwrap();
        connection.subscribe(&client.topic("#"), qos).await.unwrap();
        Self { client, connection }
    }

    pub(super) async fn publish(&mut self, below: &str, payload: &str, qos: QoS) {
        self.connection.publish(&self.client.topic(below), payload, qos).await.unwrap();
    }

    pub(super) async fn retain(&mut self, below: &str, payload: &str) {
        self.connection.retain(&self.client.topic(below), payload).await.unwrap();
    }

    /// Waits for a message.
    pub(super) async fn until(&mut self, payload: &str) -> Vec<String> {
        let received = self.connection.receive_until(payload.as_bytes()).await;
        let messages = received.unwrap_or_else(|error| panic!("{:?}, {payload:?}: {error}", self.client));
        messages.iter().map(|message| self.line(message)).collect()
    }

    /// All that came before a message of its own.
    pub(super) async fn rest(mut self) -> Vec<String> {
        self.publish("end", "end", QoS::AtLeastOnce).await;
        let mut lines = self.until("end").await;
        lines.pop();
        lines
    }

    fn line(&self, message: &Message) -> String {
        let payload = str::from_utf8(&message.payload).unwrap();
        self.client.delivery(message.qos as u8, message.retain, &message.topic, payload)
    }
}
