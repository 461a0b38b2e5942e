use std::time::Duration;

use mosquitto_fixtures::client::{Attempt, Endpoint, QoS, Transport};
use mosquitto_fixtures::pki::Pem;
use tokio::time::timeout;

use super::figures::Sys;
use super::target::Target;

/// The retained values come at once, or the user may not read them.
const PATIENCE: Duration = Duration::from_secs(2);

const CONNECTED: &str = "$SYS/broker/clients/connected";
const PUBLISHED: &str = "$SYS/broker/publish/messages/received";

/// The broker's own figures, when there is a user who may read them.
pub(crate) async fn read(target: &Target) -> Option<Sys> {
    let (name, password) = target.observer.as_ref()?;
    let transport = if target.address.tls { Transport::Tls } else { Transport::Tcp };
    let endpoint = Endpoint::new(transport, target.address.host.clone(), target.address.port);
    let mut attempt = Attempt::new(endpoint).login(name, password.clone());
    if let Some(file) = &target.ca {
        for certificate in Pem::read(file).ok()?.certificates().ok()? {
            attempt = attempt.trust(certificate);
        }
    }
    timeout(PATIENCE, values(attempt)).await.ok()?
}

async fn values(attempt: Attempt) -> Option<Sys> {
    let mut connection = attempt.connect().await.ok()?;
    let (mut connected, mut published) = (None, None);
    for filter in [CONNECTED, PUBLISHED] {
        connection.subscribe(filter, QoS::AtMostOnce).await.ok()?;
    }
    while connected.is_none() || published.is_none() {
        let message = connection.receive().await.ok()?;
        let value = str::from_utf8(&message.payload).ok()?.parse().ok();
        match message.topic.as_str() {
            CONNECTED => connected = value,
            PUBLISHED => published = value,
            _ => {}
        }
    }
    let _ = connection.disconnect().await;
    Some(Sys { connected: connected?, published: published? })
}

/// What the broker counted meanwhile.
pub(crate) fn between(before: Option<Sys>, after: Option<Sys>) -> Option<Sys> {
    let (before, after) = (before?, after?);
    Some(Sys { published: after.published.saturating_sub(before.published), ..after })
}
