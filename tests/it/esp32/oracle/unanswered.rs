use std::time::Duration;

use mosquitto_fixtures::client::QoS;
use mosquitto_fixtures::link::{Direction, Ending, Link};

use super::outcome::Outcome;
use super::player::{Player, Said};
use super::role::Role;
use super::stage::Stage;
use super::witness::Witness;

/// `message_retransmit_timeout` of esp-mqtt.
const SECOND: Duration = Duration::from_secs(1);

/// A client that has published a message, over a link on which no answer comes any more.
pub(super) struct Unanswered {
    link: Link,
    pub(super) player: Player,
    witness: Witness,
}

impl Unanswered {
    pub(super) async fn publish(stage: &Stage, role: Role) -> Self {
        let client = role.client;
        let link = Link::to(stage.address()).await.unwrap();
        let witness = stage.witness(client, QoS::ExactlyOnce).await;
        let role = Role { address: link.address(), reconnects: true, resends_after: SECOND, ..role };
        let player = stage.play(role).await;
        link.stall(Direction::Downstream);
        player.publish("21.5");
        stage.until(client, 1, "> PUBLISH d0").await;
        Self { link, player, witness }
    }

    /// Lets the answers through.
    pub(super) fn answer(&self) {
        self.link.resume(Direction::Downstream);
    }

    /// Ends the connection; the answers of the next one come through.
    pub(super) fn interrupt(&self) {
        // In one step, or what was on its way would still arrive.
        self.link.drop_connections(Ending::Reset);
        self.answer();
    }

    /// Waits for the acknowledgement, and for the end of so many connections.
    pub(super) async fn outcome(self, stage: &Stage, connections: usize) -> Outcome {
        let Self { link, mut player, witness } = self;
        player.until(1, |said| *said == Said::Acknowledged).await;
        let client = player.client;
        let said = player.cut_off().await;
        drop(link);
        let published = stage.until(client, connections, "lost").await.published();
        let outcome = Outcome::default().with("client", said).with("published", published);
        outcome.with("witness", once_or_twice(witness.rest().await))
    }
}

/// How often a client sends again is a matter of how long it waits: twice stands for all that is more than once.
fn once_or_twice(heard: Vec<String>) -> Vec<String> {
    heard.chunk_by(|one, other| one == other).flat_map(|same| same.iter().take(2).cloned()).collect()
}
