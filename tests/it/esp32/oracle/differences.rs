use std::time::Duration;

use futures_util::future::join_all;
use mosquitto_fixtures::broker::Line;
use mosquitto_fixtures::client::QoS;
use mosquitto_fixtures::link::{Direction, Link};
use rstest::rstest;

use super::client::Client;
use super::outcome::{Outcome, expect};
use super::player::Said;
use super::role::Role;
use super::stage::Stage;
use super::transcript::Transcript;

/// `message_retransmit_timeout` of esp-mqtt.
const SECOND: Duration = Duration::from_secs(1);

/// PUBACK or PUBREC is on its way for as long as the ESP32s have patience. Of QoS 2, the broker knows the message again.
#[rstest]
#[case::puback(QoS::AtLeastOnce)]
#[case::pubrec(QoS::ExactlyOnce)]
#[tokio::test]
async fn esp32_alone_sends_again_while_an_acknowledgement_is_late(
    #[values(Line::V2_0, Line::V2_1)] line: Line,
    #[case] qos: QoS,
) {
    let stage = Stage::set(line).await;
    let waiting = stage.each(async |stage, client| {
        let link = Link::to(stage.address()).await.unwrap();
        let witness = stage.witness(client, qos).await;
        let role = stage.publisher(client, "telemetry", qos);
        let player = stage.play(Role { address: link.address(), resends_after: SECOND, ..role }).await;
        link.stall(Direction::Downstream);
        player.publish("21.5");
        stage.until(client, 1, "> PUBLISH d0").await;
        (link, witness, player)
    });
    let waiting = waiting.await;
    for client in Client::ALL.into_iter().filter(|client| client.is_esp32()) {
        stage.until(client, 1, "> PUBLISH d1").await;
    }
    let seen = waiting.into_iter().map(async |(client, (link, witness, player))| {
        link.resume(Direction::Downstream);
        let said = player.leave().await;
        let published = published(stage.until(client, 1, "gone").await);
        let outcome = Outcome::default().with("client", said).with("published", published);
        (client, outcome.with("witness", once_or_twice(witness.rest().await)))
    });
    let [first, again, heard] = match qos {
        QoS::ExactlyOnce => ["d0 q2", "d1 q2", "q2"],
        _ => ["d0 q1", "d1 q1", "q1"],
    };
    expect(join_all(seen).await, |client| {
        let mut lines = vec!["client: connected".to_owned(), "client: acknowledged".to_owned()];
        lines.push(format!("published: {first} r0 telemetry, 4 bytes"));
        if client.is_esp32() {
            lines.push(format!("published: {again} r0 telemetry, 4 bytes"));
        }
        let times = if client.is_esp32() && qos == QoS::AtLeastOnce { 2 } else { 1 };
        lines.extend(vec![format!("witness: {heard} r0 telemetry: 21.5"); times]);
        lines
    });
}

/// The connection ends before PUBACK has arrived. What an ESP32 has in its outbox it sends again also to a broker that
/// has forgotten the session, as `mosquitto_pub` and paho do. rumqttc forgets it too, and else sends it without DUP.
#[rstest]
#[tokio::test]
async fn esp32_sends_again_after_a_reconnect_whatever_became_of_the_session(
    #[values(Line::V2_0, Line::V2_1)] line: Line,
    #[values(true, false)] clean_session: bool,
) {
    let stage = Stage::set(line).await;
    let forgets = |client| clean_session && client == Client::Rumqttc;
    let seen = stage.each(async |stage, client| {
        let link = Link::to(stage.address()).await.unwrap();
        let witness = stage.witness(client, QoS::AtLeastOnce).await;
        let role = stage.publisher(client, "telemetry", QoS::AtLeastOnce);
        let role = Role { address: link.address(), clean_session, reconnects: true, ..role };
        let mut player = stage.play(Role { resends_after: SECOND, ..role }).await;
        link.stall(Direction::Downstream);
        player.publish("21.5");
        stage.until(client, 1, "> PUBLISH d0").await;
        link.down();
        stage.until(client, 1, "lost").await;
        link.resume(Direction::Downstream);
        link.up();
        if forgets(client) {
            // Behind which nothing can come any more.
            player.until(2, |said| *said == Said::Connected).await;
            player.publish("21.55");
        }
        player.until(1, |said| *said == Said::Acknowledged).await;
        let said = player.cut_off().await;
        let published = published(stage.until(client, 2, "lost").await);
        let outcome = Outcome::default().with("client", said).with("published", published);
        outcome.with("witness", once_or_twice(witness.rest().await))
    });
    expect(seen.await, |client| {
        let mut lines = vec![
            "client: connected",
            "client: connected",
            "client: acknowledged",
            "published: d0 q1 r0 telemetry, 4 bytes",
            match client {
                _ if forgets(client) => "published: d0 q1 r0 telemetry, 5 bytes",
                Client::Rumqttc => "published: d0 q1 r0 telemetry, 4 bytes",
                _ => "published: d1 q1 r0 telemetry, 4 bytes",
            },
            "witness: q1 r0 telemetry: 21.5",
        ];
        lines.push(if forgets(client) {
            "witness: q1 r0 telemetry: 21.55"
        } else {
            "witness: q1 r0 telemetry: 21.5"
        });
        lines
    });
}

/// The connection ends before PUBREC has arrived, and the broker sends the message again. esp-mqtt and rumqttc hand on what
/// comes; the others hand it on at PUBREL.
#[rstest]
#[tokio::test]
async fn message_of_qos_2_that_is_sent_again_reaches_the_application_twice_on_an_esp32_and_in_rumqttc(
    #[values(Line::V2_0, Line::V2_1)] line: Line,
) {
    let stage = Stage::set(line).await;
    let hands_on_at_once = |client: Client| client.is_esp32() || client == Client::Rumqttc;
    let seen = stage.each(async |stage, client| {
        let link = Link::to(stage.address()).await.unwrap();
        let mut backend = stage.witness(client, QoS::AtMostOnce).await;
        let role = stage.subscriber(client, QoS::ExactlyOnce);
        let role = Role { address: link.address(), clean_session: false, reconnects: true, ..role };
        let mut player = stage.play(role).await;
        link.stall(Direction::Upstream);
        backend.publish("commands/water", "3", QoS::ExactlyOnce).await;
        stage.until(client, 1, "< PUBLISH d0").await;
        let before = usize::from(hands_on_at_once(client));
        player.until(before, |said| matches!(said, Said::Message(_))).await;
        link.down();
        stage.until(client, 1, "lost").await;
        link.resume(Direction::Upstream);
        link.up();
        player.until(before + 1, |said| matches!(said, Said::Message(_))).await;
        let messages = stage.until(client, 1, "> PUBCOMP").await.messages;
        let mut said = player.leave().await;
        said.retain(|line| line.contains("commands"));
        Outcome::default().with("client", said).with("messages", messages)
    });
    expect(seen.await, |client| {
        let mut lines = vec![
            "client: q2 r0 commands/water: 3",
            "messages: < PUBLISH d0 q2 r0 commands/water, 1 bytes",
            "messages: < PUBLISH d1 q2 r0 commands/water, 1 bytes",
            "messages: > PUBREC",
            "messages: < PUBREL",
            "messages: > PUBCOMP",
        ];
        if hands_on_at_once(client) {
            lines.insert(0, lines[0]);
        }
        lines
    });
}

/// Only 2.1 logs it.
#[tokio::test]
async fn esp32_alone_speaks_tls_1_2() {
    let stage = Stage::set(Line::V2_1).await;
    let seen = stage.each(async |stage, client| {
        stage.play(stage.publisher(client, "telemetry", QoS::AtLeastOnce)).await.leave().await;
        Outcome::default().with("broker", stage.until(client, 1, "gone").await.tls)
    });
    expect(seen.await, |client| vec![if client.is_esp32() { "broker: TLSv1.2" } else { "broker: TLSv1.3" }]);
}

/// What a client published. How often it does so again is a matter of how long it waits: once stands for all.
fn published(transcript: Transcript) -> Vec<String> {
    let published = transcript.messages.iter().filter_map(|line| line.strip_prefix("> PUBLISH "));
    let mut lines: Vec<String> = published.map(str::to_owned).collect();
    lines.dedup_by(|again, line| again == line && again.starts_with("d1"));
    lines
}

/// The same of what a witness heard: twice stands for all that is more than once.
fn once_or_twice(heard: Vec<String>) -> Vec<String> {
    heard.chunk_by(|one, other| one == other).flat_map(|same| same.iter().take(2).cloned()).collect()
}
