use std::net::SocketAddr;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use mosquitto_fixtures::broker::{Broker, Line};
use mosquitto_fixtures::client::{QoS, Transport};
use mosquitto_fixtures::deployment::Deployment;
use mosquitto_fixtures::pki::Password;

use super::client::Client;
use super::player::{Player, Said};
use super::role::{Role, Task};
use super::transcript::Transcript;
use super::witness::Witness;
use crate::deployment_copy::{DeploymentCopy, repository};

/// This repository's own broker, which logs every packet, with a backend and a user for each client.
pub(super) struct Stage {
    broker: Broker,
    /// Its files are mounted.
    _deployment: DeploymentCopy,
}

impl Stage {
    pub(super) async fn set(line: Line) -> Self {
        let settings = std::fs::read_to_string(repository().join("mosquitto/mosquitto.conf")).unwrap();
        let settings = format!("log_type all\n{settings}");
        let copy = DeploymentCopy::new().overwrite("mosquitto/mosquitto.conf", &settings);
        let deployment = Deployment::open(copy.root()).unwrap();
        let mut builder = Broker::deployment(&deployment).line(line).throwaway_certificates();
        builder = builder.user("backend", Password::random());
        for client in Client::ALL {
            builder = builder.user(client.name(), Password::random());
        }
        Self { broker: builder.start().await.unwrap(), _deployment: copy }
    }

    /// Plays a scenario with every client, all at the same time: they have topics of their own.
    pub(super) async fn each<T>(&self, scenario: impl AsyncFn(&Self, Client) -> T) -> Vec<(Client, T)> {
        self.each_of(Client::ALL, scenario).await
    }

    /// The same with some of them.
    pub(super) async fn each_of<T>(
        &self,
        clients: impl IntoIterator<Item = Client>,
        scenario: impl AsyncFn(&Self, Client) -> T,
    ) -> Vec<(Client, T)> {
        let scenario = &scenario;
        let play = |client| async move { (client, scenario(self, client).await) };
        join_all(clients.into_iter().map(play)).await
    }

    /// Where the TLS listener is.
    pub(super) fn address(&self) -> SocketAddr {
        self.broker.address(Transport::Tls).unwrap()
    }

    /// A client that publishes to one of its topics.
    pub(super) fn publisher(&self, client: Client, below: &str, qos: QoS) -> Role {
        self.role(client, Task::Publish { topic: client.topic(below), qos, retain: false })
    }

    /// A client that reads its commands.
    pub(super) fn subscriber(&self, client: Client, qos: QoS) -> Role {
        self.role(client, Task::Subscribe { filter: client.topic("commands/#"), qos })
    }

    fn role(&self, client: Client, task: Task) -> Role {
        let (_, password) = self.broker.users().iter().find(|(name, _)| name == client.name()).unwrap();
        Role {
            client,
            address: self.address(),
            authority: self.broker.ca_file().unwrap(),
            password: password.reveal().into(),
            keep_alive: 120,
            clean_session: true,
            will: None,
            reconnects: false,
            // Longer than this machine can take: to be late is a scenario of its own.
            resends_after: Duration::from_secs(60),
            task,
        }
    }

    /// Begins to play, and waits until the client says that it is connected, and subscribed.
    pub(super) async fn play(&self, role: Role) -> Player {
        let ready = match role.task {
            Task::Publish { .. } => Said::Connected,
            Task::Subscribe { .. } => Said::Subscribed,
        };
        let mut player = Player::begin(role);
        player.until(1, |said| *said == ready).await;
        player
    }

    /// The backend, which hears of all topics of a client.
    pub(super) async fn witness(&self, client: Client, qos: QoS) -> Witness {
        Witness::of(client, self.broker.attempt_as("backend", Transport::Tls).unwrap(), qos).await
    }

    /// Waits until the broker has logged so many lines of a client that begin like this.
    pub(super) async fn until(&self, client: Client, times: usize, beginning: &str) -> Transcript {
        let begun = Instant::now();
        loop {
            let transcript = Transcript::of(client, &self.broker.log());
            if transcript.count(beginning) >= times {
                return transcript;
            }
            let late = begun.elapsed() > Duration::from_secs(30);
            assert!(!late, "{client:?}: no {times} lines {beginning:?} in {transcript:#?}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}
