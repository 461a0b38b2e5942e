use mosquitto_fixtures::client::{Attempt, Connection, Endpoint, Error, QoS, Transport};
use mosquitto_fixtures::pki::Pem;
use tokio::sync::watch;

use super::target::Target;

const VERSION: &str = "$SYS/broker/version";
const CONNECTED: &str = "$SYS/broker/clients/connected";
const PUBLISHED: &str = "$SYS/broker/publish/messages/received";

/// What the broker says of itself.
#[derive(Debug, Default)]
pub(crate) struct Told {
    pub(crate) version: Option<String>,
    /// The last ones.
    pub(crate) values: Option<Values>,
}

/// Every 10 seconds (`sys_interval`).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Values {
    pub(crate) connected: u64,
    /// PUBLISH packets received since the first value that was seen.
    pub(crate) published: u64,
}

/// Reads along, while there is a receiver. Without a user who may read `$SYS` nothing ever comes.
pub(crate) fn follow(target: &Target) -> watch::Receiver<Told> {
    let (sender, receiver) = watch::channel(Told::default());
    if let Some(attempt) = attempt(target) {
        tokio::spawn(async move {
            let told = async {
                // The figures of the devices do not depend on it.
                if let Ok(connection) = attempt.connect().await {
                    tell(connection, &sender).await;
                }
            };
            tokio::select! {
                () = told => {}
                () = sender.closed() => {}
            }
        });
    }
    receiver
}

fn attempt(target: &Target) -> Option<Attempt> {
    let (name, password) = target.observer.as_ref()?;
    let transport = if target.address.tls { Transport::Tls } else { Transport::Tcp };
    let endpoint = Endpoint::new(transport, target.address.host.clone(), target.address.port);
    let mut attempt = Attempt::new(endpoint).login(name, password.clone());
    if let Some(file) = &target.ca {
        for certificate in Pem::read(file).ok()?.certificates().ok()? {
            attempt = attempt.trust(certificate);
        }
    }
    Some(attempt)
}

/// The broker says `connected` before `published`: with the second, a pair is complete.
async fn tell(mut connection: Connection, sender: &watch::Sender<Told>) {
    for filter in [VERSION, CONNECTED, PUBLISHED] {
        if connection.subscribe(filter, QoS::AtMostOnce).await.is_err() {
            return;
        }
    }
    let (mut connected, mut first) = (0, None);
    loop {
        let message = match connection.receive().await {
            Ok(message) => message,
            // A value that stays the same is not said again.
            Err(Error::Timeout { .. }) => continue,
            Err(_) => return,
        };
        let text = String::from_utf8_lossy(&message.payload);
        if message.topic == VERSION {
            let version = text.strip_prefix("mosquitto version ").unwrap_or(&text).to_owned();
            sender.send_modify(|told| told.version = Some(version));
            continue;
        }
        let Ok(value) = text.parse::<u64>() else { continue };
        match message.topic.as_str() {
            CONNECTED => connected = value,
            PUBLISHED if message.retain => first = Some(value),
            PUBLISHED => {
                let published = value.saturating_sub(first.unwrap_or_default());
                sender.send_modify(|told| told.values = Some(Values { connected, published }));
            }
            _ => {}
        }
    }
}
