use std::net::SocketAddr;

use esp32_sim::scenario::{LinkState, Links};
use mosquitto_fixtures::link::{Conditions, Direction, Link};

use super::super::Error;

/// A link of its own for every device.
pub(super) struct OneEach(Vec<Link>);

impl OneEach {
    pub(super) async fn to(broker: SocketAddr, devices: usize) -> Result<Self, Error> {
        let mut links = Vec::with_capacity(devices);
        for _ in 0..devices {
            links.push(Link::to(broker).await?);
        }
        Ok(Self(links))
    }
}

impl Links for OneEach {
    fn address(&self, device: usize) -> SocketAddr {
        self.0[device].address()
    }

    fn set(&self, device: usize, state: LinkState) {
        let link = &self.0[device];
        match state {
            LinkState::Down => link.down(),
            LinkState::HalfOpen => link.half_open(),
            LinkState::Latency(one_way) => link.latency(one_way),
            LinkState::Stalled => {
                link.stall(Direction::Upstream);
                link.stall(Direction::Downstream);
            }
            LinkState::Up => link.change(|conditions| *conditions = Conditions::default()),
        }
    }
}
