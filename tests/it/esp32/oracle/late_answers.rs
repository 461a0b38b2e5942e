use futures_util::future::join_all;
use mosquitto_fixtures::broker::Line;
use mosquitto_fixtures::client::QoS;
use rstest::rstest;

use super::client::Client;
use super::outcome::expect;
use super::stage::Stage;
use super::unanswered::Unanswered;

/// PUBACK is on its way for as long as the ESP32s have patience.
#[rstest]
#[tokio::test]
async fn esp32_alone_sends_again_while_an_acknowledgement_is_late(
    #[values(Line::V2_0, Line::V2_1)] line: Line,
) {
    let stage = Stage::set(line).await;
    let waiting = publish(&stage, QoS::AtLeastOnce).await;
    for (client, _) in waiting.iter().filter(|(client, _)| client.is_esp32()) {
        stage.until(*client, 1, "> PUBLISH d1").await;
    }
    let seen = waiting.into_iter().map(async |(client, unanswered)| {
        unanswered.answer();
        (client, unanswered.outcome(&stage, 1).await)
    });
    expect(join_all(seen).await, |client| {
        let mut lines = vec![
            "client: connected",
            "client: acknowledged",
            "published: d0 q1 r0 telemetry, 4 bytes",
            "witness: q1 r0 telemetry: 21.5",
        ];
        if client.is_esp32() {
            lines.insert(3, "published: d1 q1 r0 telemetry, 4 bytes");
            lines.push("witness: q1 r0 telemetry: 21.5");
        }
        lines
    });
}

/// PUBREC is on its way for longer. A message of QoS 2 that comes for the third time is a protocol error to Mosquitto: it
/// ends the connection, and the ESP32 begins anew.
#[rstest]
#[tokio::test]
async fn esp32_alone_is_thrown_out_for_sending_a_message_of_qos_2_a_third_time(
    #[values(Line::V2_0, Line::V2_1)] line: Line,
) {
    let stage = Stage::set(line).await;
    let waiting = publish(&stage, QoS::ExactlyOnce).await;
    for (client, _) in waiting.iter().filter(|(client, _)| client.is_esp32()) {
        stage.until(*client, 1, "protocol error").await;
    }
    let seen = waiting.into_iter().map(async |(client, unanswered)| {
        if client.is_esp32() {
            unanswered.interrupt();
        } else {
            unanswered.answer();
        }
        (client, unanswered.outcome(&stage, 1).await)
    });
    expect(join_all(seen).await, |client| {
        if client.is_esp32() {
            return vec![
                "client: connected",
                "client: connected",
                "client: acknowledged",
                "published: d0 q2 r0 telemetry, 4 bytes",
                "published: d1 q2 r0 telemetry, 4 bytes",
                "witness: q2 r0 telemetry: 21.5",
            ];
        }
        vec![
            "client: connected",
            "client: acknowledged",
            "published: d0 q2 r0 telemetry, 4 bytes",
            "witness: q2 r0 telemetry: 21.5",
        ]
    });
}

async fn publish(stage: &Stage, qos: QoS) -> Vec<(Client, Unanswered)> {
    let unanswered = async |stage: &Stage, client| {
        Unanswered::publish(stage, stage.publisher(client, "telemetry", qos)).await
    };
    stage.each(unanswered).await
}
