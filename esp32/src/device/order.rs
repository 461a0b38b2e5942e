use tokio::sync::{mpsc, watch};

use super::Command;

/// What is done to a device from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// The application calls its client.
    Command(Command),
    /// Nothing yet.
    None,
    /// The supply is gone: RAM is lost, and no word is said to the broker. Its network's next hop resets the
    /// connection.
    PowerCut,
    /// `esp_mqtt_client_stop`: DISCONNECT, and the end.
    Stop,
}

/// Where orders come from.
#[derive(Debug)]
pub enum Orders {
    /// For one device.
    Own(mpsc::UnboundedReceiver<Order>),
    /// The same for a whole fleet: little memory, and only the newest counts.
    Shared(watch::Receiver<Order>),
}

impl Orders {
    /// The next order. Never comes when nobody is left to give one.
    pub(super) async fn next(&mut self) -> Order {
        let order = match self {
            Self::Own(orders) => orders.recv().await,
            Self::Shared(order) => match order.changed().await {
                Ok(()) => Some(order.borrow_and_update().clone()),
                Err(_) => None,
            },
        };
        match order {
            Some(order) => order,
            None => std::future::pending().await,
        }
    }
}
