//! The service against real brokers. Each test has one of its own, so all of them may run at once.

mod binary;
mod service;
mod settings;

use std::collections::HashMap;

use backend_service::settings::{Error, Settings};
use mosquitto_fixtures::broker::Broker;
use mosquitto_fixtures::client::{Connection, Transport};
use rstest::fixture;

const PASSWORD: &str = "secret";

/// The broker that the service meets in production: with its users, and with its ACL word for word.
#[fixture]
async fn plantops() -> Broker {
    let broker = Broker::builder()
        .plain()
        .tls()
        .user("backend", PASSWORD) // the first one is the user of `Broker::environment`
        .user("frontend", PASSWORD)
        .user("fern", PASSWORD)
        .user("cactus", PASSWORD)
        .acl(include_str!("../../../../mosquitto/acl"));
    broker.start().await.unwrap()
}

/// A client beside the service.
async fn connect(broker: &Broker, user: &str) -> Connection {
    broker.attempt_as(user, Transport::Tls).unwrap().connect().await.unwrap()
}

/// The settings in these variables. Those of the process stay as they are: other tests share them.
fn settings(variables: impl IntoIterator<Item = (String, String)>) -> Result<Settings, Error> {
    let variables: HashMap<_, _> = variables.into_iter().collect();
    Settings::read(|name| variables.get(name).cloned())
}
