use mosquitto_fixtures::broker::Line;
use mosquitto_fixtures::client::QoS;
use rstest::rstest;

use super::client::Client;
use super::outcome::{Outcome, expect};
use super::player::{Player, Said};
use super::role::{Role, WILL};
use super::stage::Stage;

#[rstest]
#[tokio::test]
async fn connect_carries_what_each_client_was_told(#[values(Line::V2_0, Line::V2_1)] line: Line) {
    let stage = Stage::set(line).await;
    let seen = stage.each(async |stage, client| {
        for (times, (keep_alive, clean_session)) in (1..).zip([(120, true), (30, false)]) {
            let role = stage.publisher(client, "telemetry", QoS::AtLeastOnce);
            stage.play(Role { keep_alive, clean_session, ..role }).await.leave().await;
            stage.until(client, times, "gone").await;
        }
        Outcome::default().logged(stage.until(client, 2, "gone").await)
    });
    expect(seen.await, |_| {
        vec![
            "session: > CONNECT (3.1.1, c1, k120, u'ID')",
            "session: < CONNACK 0, 0",
            "session: > DISCONNECT",
            "session: gone",
            "session: > CONNECT (3.1.1, c0, k30, u'ID')",
            "session: < CONNACK 0, 0",
            "session: > DISCONNECT",
            "session: gone",
        ]
    });
}

#[rstest]
#[tokio::test]
async fn wrong_password_is_refused_with_code_5_which_each_client_words_in_its_way(
    #[values(Line::V2_0, Line::V2_1)] line: Line,
) {
    let stage = Stage::set(line).await;
    let seen = stage.each(async |stage, client| {
        let role = stage.publisher(client, "telemetry", QoS::AtLeastOnce);
        let mut player = Player::begin(Role { password: "wrong".into(), ..role });
        player.until(1, |said| matches!(said, Said::Refused(_))).await;
        let said = player.leave().await;
        Outcome::default().with("client", said).logged(stage.until(client, 1, "not authorised").await)
    });
    expect(seen.await, |client| {
        let words = match client {
            Client::Esp32 | Client::Esp32Mbedtls => "client: refused: connect_return_code 5",
            Client::Mosquitto => "client: refused: exit status 5",
            Client::Paho => "client: refused: Not authorized",
            Client::Rumqttc => "client: refused: NotAuthorized",
        };
        vec![words, "session: < CONNACK 0, 5", "session: not authorised"]
    });
}

#[rstest]
#[tokio::test]
async fn will_is_sent_for_a_client_that_is_cut_off_and_not_for_one_that_takes_leave(
    #[values(Line::V2_0, Line::V2_1)] line: Line,
) {
    let stage = Stage::set(line).await;
    let seen = stage.each(async |stage, client| {
        let mut witness = stage.witness(client, QoS::AtLeastOnce).await;
        let role = stage.publisher(client, "telemetry", QoS::AtLeastOnce);
        let role = Role { will: Some(client.topic("status")), ..role };
        stage.play(role.clone()).await.cut_off().await;
        let will = witness.until(WILL).await;
        stage.play(role).await.leave().await;
        let transcript = stage.until(client, 1, "gone").await;
        let outcome = Outcome::default().with("cut off", will).with("left", witness.rest().await);
        outcome.with("session", transcript.session)
    });
    expect(seen.await, |_| {
        vec![
            "cut off: q1 r0 status: offline",
            "session: > CONNECT (3.1.1, c1, k120, u'ID')",
            "session: < CONNACK 0, 0",
            "session: lost",
            "session: > CONNECT (3.1.1, c1, k120, u'ID')",
            "session: < CONNACK 0, 0",
            "session: > DISCONNECT",
            "session: gone",
        ]
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
