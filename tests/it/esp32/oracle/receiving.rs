use mosquitto_fixtures::broker::Line;
use mosquitto_fixtures::client::QoS;
use rstest::rstest;

use super::outcome::{Outcome, expect};
use super::player::Said;
use super::role::Role;
use super::stage::Stage;

#[rstest]
#[tokio::test]
async fn messages_of_every_quality_arrive_alike_and_the_retained_one_first(
    #[values(Line::V2_0, Line::V2_1)] line: Line,
) {
    let stage = Stage::set(line).await;
    let seen = stage.each(async |stage, client| {
        let mut backend = stage.witness(client, QoS::AtMostOnce).await;
        backend.retain("commands/cadence", "60").await;
        let mut player = stage.play(stage.subscriber(client, QoS::ExactlyOnce)).await;
        stage.until(client, 1, "> PUBACK").await;
        for (below, qos) in
            [("light", QoS::AtMostOnce), ("ping", QoS::AtLeastOnce), ("water", QoS::ExactlyOnce)]
        {
            let topic = client.topic(&format!("commands/{below}"));
            let message = client.delivery(qos as u8, false, &topic, "3");
            backend.publish(&format!("commands/{below}"), "3", qos).await;
            player.until(1, |said| *said == Said::Message(message.clone())).await;
            // In this order, or one conversation begins before the other has ended.
            match qos {
                QoS::AtMostOnce => {}
                QoS::AtLeastOnce => drop(stage.until(client, 2, "> PUBACK").await),
                QoS::ExactlyOnce => drop(stage.until(client, 1, "> PUBCOMP").await),
            }
        }
        let said = player.leave().await;
        Outcome::default().with("client", said).logged(stage.until(client, 1, "gone").await)
    });
    expect(seen.await, |_| {
        vec![
            "client: connected",
            "client: subscribed",
            "client: q1 r1 commands/cadence: 60",
            "client: q0 r0 commands/light: 3",
            "client: q1 r0 commands/ping: 3",
            "client: q2 r0 commands/water: 3",
            "session: > CONNECT (3.1.1, c1, k120, u'ID')",
            "session: < CONNACK 0, 0",
            "session: > DISCONNECT",
            "session: gone",
            "subscription: > SUBSCRIBE",
            "subscription: < SUBACK",
            "messages: < PUBLISH d0 q1 r1 commands/cadence, 2 bytes",
            "messages: > PUBACK",
            "messages: < PUBLISH d0 q0 r0 commands/light, 1 bytes",
            "messages: < PUBLISH d0 q1 r0 commands/ping, 1 bytes",
            "messages: > PUBACK",
            "messages: < PUBLISH d0 q2 r0 commands/water, 1 bytes",
            "messages: > PUBREC",
            "messages: < PUBREL",
            "messages: > PUBCOMP",
        ]
    });
}

#[rstest]
#[tokio::test]
async fn session_is_kept_and_what_came_meanwhile_is_delivered(#[values(Line::V2_0, Line::V2_1)] line: Line) {
    let stage = Stage::set(line).await;
    let seen = stage.each(async |stage, client| {
        let mut backend = stage.witness(client, QoS::AtMostOnce).await;
        let role = Role { clean_session: false, ..stage.subscriber(client, QoS::AtLeastOnce) };
        stage.play(role.clone()).await.leave().await;
        stage.until(client, 1, "gone").await;
        backend.publish("commands/water", "3", QoS::AtLeastOnce).await;
        let player = stage.play(role).await;
        stage.until(client, 1, "> PUBACK").await;
        let said = player.leave().await;
        Outcome::default().with("client", said).logged(stage.until(client, 2, "gone").await)
    });
    expect(seen.await, |_| {
        vec![
            "client: connected",
            "client: q1 r0 commands/water: 3",
            "client: subscribed",
            "session: > CONNECT (3.1.1, c0, k120, u'ID')",
            "session: < CONNACK 0, 0",
            "session: > DISCONNECT",
            "session: gone",
            "session: > CONNECT (3.1.1, c0, k120, u'ID')",
            "session: < CONNACK 1, 0",
            "session: > DISCONNECT",
            "session: gone",
            "subscription: > SUBSCRIBE",
            "subscription: < SUBACK",
            "subscription: > SUBSCRIBE",
            "subscription: < SUBACK",
            "messages: < PUBLISH d0 q1 r0 commands/water, 1 bytes",
            "messages: > PUBACK",
        ]
    });
}
