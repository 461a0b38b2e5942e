use std::time::Duration;

use esp32_sim::client::EspError;
use esp32_sim::device::Order;
use esp32_sim::mqtt::QoS;
use mosquitto_fixtures::broker::Line;
use mosquitto_fixtures::client::QoS as Quality;
use rstest::rstest;

use super::bench::{Bench, SENSOR, backend, broker, config, linked};

#[rstest]
#[tokio::test]
async fn will_fires_on_a_power_cut_and_not_on_a_stop(#[values(Line::V2_0, Line::V2_1)] line: Line) {
    let broker = broker(line).await;
    let mut backend = backend(&broker, "status").await;
    let mut device = Bench::power_on(config(&broker));
    device.until("PUBLISHED").await;
    device.end(Order::PowerCut).await;
    backend.receive_until(b"offline").await.unwrap();

    let mut device = Bench::power_on(config(&broker));
    device.until("PUBLISHED").await;
    device.end(Order::Stop).await;
    backend.publish(&format!("plantops/{SENSOR}/status"), "last", Quality::AtLeastOnce).await.unwrap();
    let seen = backend.receive_until(b"last").await.unwrap();
    let payloads: Vec<_> = seen.iter().map(|message| String::from_utf8_lossy(&message.payload)).collect();
    assert_eq!(payloads, ["online", "last"]);
}

/// Nothing arrives and nothing is closed: the broker waits for one and a half keep alives, the device for one.
#[rstest]
#[tokio::test]
async fn will_fires_on_a_half_open_link_and_the_device_notices_first(
    #[values(Line::V2_0, Line::V2_1)] line: Line,
) {
    let broker = broker(line).await;
    let mut backend = backend(&broker, "status").await;
    let (link, mut config) = linked(&broker).await;
    config.session.keepalive = 4;
    config.network.disable_auto_reconnect = true;
    let mut device = Bench::power_on(config);
    device.until("PUBLISHED").await;
    link.half_open();
    device.until("DISCONNECTED").await;
    backend.receive_until(b"offline").await.unwrap();
}

/// Longer than the broker would wait without a ping.
#[rstest]
#[tokio::test]
async fn pings_keep_the_session_alive(#[values(Line::V2_0, Line::V2_1)] line: Line) {
    let broker = broker(line).await;
    let (link, mut config) = linked(&broker).await;
    config.session.keepalive = 2;
    let mut device = Bench::power_on(config);
    device.until("SUBSCRIBED").await;
    let begun = std::time::Instant::now();
    let mut upstream = link.traffic().upstream;
    let mut pings = 0;
    while begun.elapsed() < Duration::from_secs(4) || pings < 3 {
        tokio::time::sleep(Duration::from_millis(50)).await;
        pings += usize::from(link.traffic().upstream > upstream);
        upstream = link.traffic().upstream;
        assert!(begun.elapsed() < Duration::from_secs(30), "{pings} pings");
    }
    device.publish(&format!("plantops/{SENSOR}/telemetry"), b"still here", QoS::AtLeastOnce);
    let seen = device.until("PUBLISHED").await;
    assert!(!seen.iter().any(|event| event == "DISCONNECTED"), "{seen:?}");
}

#[rstest]
#[tokio::test]
async fn second_device_with_the_same_client_id_takes_over(#[values(Line::V2_0, Line::V2_1)] line: Line) {
    let broker = broker(line).await;
    let mut config = config(&broker);
    let mut first = Bench::power_on(config.clone());
    first.until("CONNECTED").await;
    // So that the first does not take it back at once.
    config.network.reconnect_timeout = Duration::from_secs(600);
    let mut second = Bench::power_on(config);
    second.until("CONNECTED").await;
    first.until("DISCONNECTED").await;
    // And it does take it back: two devices with one identifier fight for ever.
    first.until("CONNECTED").await;
    second.until("DISCONNECTED").await;
}

#[rstest]
#[tokio::test]
async fn wrong_password_is_refused_with_code_5(#[values(Line::V2_0, Line::V2_1)] line: Line) {
    let broker = broker(line).await;
    let mut config = config(&broker);
    config.credentials.authentication.password = Some("wrong".into());
    let mut device = Bench::power_on(config);
    assert_eq!(device.until("DISCONNECTED").await, ["BEFORECONNECT", "ERROR 0000 0000 0 5", "DISCONNECTED"]);
}

#[tokio::test]
async fn plain_device_on_the_tls_port_and_a_closed_port_give_the_chips_codes() {
    let broker = broker(Line::V2_0).await;
    let mut plain = config(&broker);
    plain.broker.tls = false;
    let mut device = Bench::power_on(plain);
    let seen = device.until("DISCONNECTED").await;
    assert!(!seen.iter().any(|event| event.starts_with("CONNECTED")), "{seen:?}");

    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut config = config(&broker);
    config.broker.port = Some(closed);
    let mut device = Bench::power_on(config);
    let refused = format!("ERROR {:04X} 0000 0 0", EspError::FAILED_CONNECT_TO_HOST.0);
    assert_eq!(device.until("DISCONNECTED").await[1], refused);
}
