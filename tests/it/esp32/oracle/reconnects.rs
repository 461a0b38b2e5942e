use mosquitto_fixtures::broker::Line;
use mosquitto_fixtures::client::QoS;
use mosquitto_fixtures::link::{Direction, Ending, Link};
use rstest::rstest;

use super::client::Client;
use super::outcome::{Outcome, expect};
use super::player::Said;
use super::role::Role;
use super::stage::Stage;
use super::unanswered::Unanswered;

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
        let role = stage.publisher(client, "telemetry", QoS::AtLeastOnce);
        let mut unanswered = Unanswered::publish(stage, Role { clean_session, ..role }).await;
        unanswered.interrupt();
        if forgets(client) {
            // Behind which nothing can come any more.
            unanswered.player.until(2, |said| *said == Said::Connected).await;
            unanswered.player.publish("21.55");
        }
        unanswered.outcome(stage, 2).await
    });
    expect(seen.await, |client| {
        let [again, heard] = match client {
            _ if forgets(client) => {
                ["published: d0 q1 r0 telemetry, 5 bytes", "witness: q1 r0 telemetry: 21.55"]
            }
            Client::Rumqttc => ["published: d0 q1 r0 telemetry, 4 bytes", "witness: q1 r0 telemetry: 21.5"],
            _ => ["published: d1 q1 r0 telemetry, 4 bytes", "witness: q1 r0 telemetry: 21.5"],
        };
        vec![
            "client: connected",
            "client: connected",
            "client: acknowledged",
            "published: d0 q1 r0 telemetry, 4 bytes",
            again,
            "witness: q1 r0 telemetry: 21.5",
            heard,
        ]
    });
}

/// The connection ends before PUBREC has arrived, and the broker sends the message again. esp-mqtt and rumqttc hand on what
/// comes; paho hands it on at PUBREL. `mosquitto_sub` is not asked: 2.0.11 takes a
/// connection that is reset for a fatal error of TLS, unless something sets `errno` before it looks (lib/net_mosq.c,
/// `net__handle_ssl`; lib/loop.c, `mosquitto_loop_forever`).
#[rstest]
#[tokio::test]
async fn message_of_qos_2_that_is_sent_again_reaches_the_application_twice_on_an_esp32_and_in_rumqttc(
    #[values(Line::V2_0, Line::V2_1)] line: Line,
) {
    let stage = Stage::set(line).await;
    let hands_on_at_once = |client: Client| client.is_esp32() || client == Client::Rumqttc;
    let clients = Client::ALL.into_iter().filter(|client| *client != Client::Mosquitto);
    let seen = stage.each_of(clients, async |stage, client| {
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
        // In one step, or what was on its way would still arrive.
        link.drop_connections(Ending::Reset);
        link.resume(Direction::Upstream);
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
