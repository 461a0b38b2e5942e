use mosquitto_fixtures::broker::Line;
use mosquitto_fixtures::client::QoS;
use rstest::rstest;

use super::outcome::{Outcome, expect};
use super::stage::Stage;

#[rstest]
#[tokio::test]
async fn retained_message_is_the_same_to_live_and_late_subscribers(
    #[values(Line::V2_0, Line::V2_1)] line: Line,
) {
    let stage = Stage::set(line).await;
    let seen = stage.each(async |stage, client| {
        let live = stage.witness(client, QoS::AtLeastOnce).await;
        let player = stage.play(stage.publisher(client, "telemetry", QoS::AtLeastOnce).retaining()).await;
        player.publish("21.5 °C");
        let said = player.leave().await;
        let late = stage.witness(client, QoS::AtLeastOnce).await.rest().await;
        let outcome = Outcome::default().with("client", said).with("late", late);
        outcome.with("live", live.rest().await).logged(stage.until(client, 1, "gone").await)
    });
    expect(seen.await, |_| {
        vec![
            "client: connected",
            "client: acknowledged",
            "late: q1 r1 telemetry: 21.5 °C",
            "live: q1 r0 telemetry: 21.5 °C",
            "session: > CONNECT (3.1.1, c1, k120, u'ID')",
            "session: < CONNACK 0, 0",
            "session: > DISCONNECT",
            "session: gone",
            "messages: > PUBLISH d0 q1 r1 telemetry, 8 bytes",
            "messages: < PUBACK",
        ]
    });
}

#[rstest]
#[tokio::test]
async fn message_of_qos_2_is_delivered_exactly_once(#[values(Line::V2_0, Line::V2_1)] line: Line) {
    let stage = Stage::set(line).await;
    let seen = stage.each(async |stage, client| {
        let witness = stage.witness(client, QoS::ExactlyOnce).await;
        let player = stage.play(stage.publisher(client, "telemetry", QoS::ExactlyOnce)).await;
        player.publish("21.5");
        player.publish("21.6");
        let said = player.leave().await;
        let transcript = stage.until(client, 1, "gone").await;
        let outcome = Outcome::default().with("client", said).with("witness", witness.rest().await);
        outcome.with("messages", of_each_kind(transcript.messages))
    });
    expect(seen.await, |_| {
        vec![
            "client: connected",
            "client: acknowledged",
            "client: acknowledged",
            "witness: q2 r0 telemetry: 21.5",
            "witness: q2 r0 telemetry: 21.6",
            "messages: 2 < PUBCOMP",
            "messages: 2 < PUBREC",
            "messages: 2 > PUBLISH d0 q2 r0 telemetry, 4 bytes",
            "messages: 2 > PUBREL",
        ]
    });
}

/// A client sends its second message before the first is acknowledged, or after.
fn of_each_kind(mut lines: Vec<String>) -> Vec<String> {
    lines.sort();
    lines.chunk_by(|one, other| one == other).map(|same| format!("{} {}", same.len(), same[0])).collect()
}

/// MQTT 3.1.1 has no word for "no": the broker logs 135, and sends an acknowledgement like any other.
#[rstest]
#[tokio::test]
async fn forbidden_message_is_acknowledged_and_dropped(#[values(Line::V2_0, Line::V2_1)] line: Line) {
    let stage = Stage::set(line).await;
    let seen = stage.each(async |stage, client| {
        let witness = stage.witness(client, QoS::AtLeastOnce).await;
        let mut said = Vec::new();
        for (times, below) in [(1, "commands/water"), (2, "telemetry")] {
            let player = stage.play(stage.publisher(client, below, QoS::AtLeastOnce)).await;
            player.publish("3");
            said.extend(player.leave().await);
            stage.until(client, times, "gone").await;
        }
        let transcript = stage.until(client, 2, "gone").await;
        let outcome = Outcome::default().with("client", said).with("witness", witness.rest().await);
        outcome.with("messages", transcript.messages)
    });
    expect(seen.await, |_| {
        vec![
            "client: connected",
            "client: acknowledged",
            "client: connected",
            "client: acknowledged",
            "witness: q1 r0 telemetry: 3",
            "messages: > denied PUBLISH d0 q1 r0 commands/water, 1 bytes",
            "messages: < PUBACK rc135",
            "messages: > PUBLISH d0 q1 r0 telemetry, 1 bytes",
            "messages: < PUBACK",
        ]
    });
}
