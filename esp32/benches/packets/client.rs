use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use esp32_sim::client::{Action, Client, Config, Event};
use esp32_sim::mqtt::{Packet, Publish, QoS};

use super::rate::millions_a_second;

const TOPIC: &str = "plantops/sensor-1/telemetry";
const NOW: Duration = Duration::from_secs(1);

/// What a message costs the client, one way.
pub(crate) fn table() {
    println!("| payload (bytes) | QoS 0 out (M/s) | QoS 0 in (M/s) | QoS 1 out and PUBACK in (M/s) |");
    println!("|---:|---:|---:|---:|");
    for size in [16, 100, 512] {
        let payload = vec![0x55; size];
        let mut client = connected();
        let out = millions_a_second(|| publish(&mut client, &payload, QoS::AtMostOnce));
        let mut packet = Vec::new();
        let publish_in = Publish {
            dup: false,
            qos: QoS::AtMostOnce,
            retain: false,
            topic: TOPIC,
            id: 0,
            payload: &payload,
        };
        publish_in.encode(&mut packet).expect("a short packet");
        let received = millions_a_second(|| {
            client.receive(NOW, &packet);
            assert!(matches!(client.poll(NOW), Some(Action::Event(Event::Data(_)))));
            settle(&mut client);
        });
        let acknowledged = millions_a_second(|| {
            let id = client.publish(NOW, TOPIC, black_box(&payload), QoS::AtLeastOnce, false);
            write(&mut client);
            let [high, low] = id.expect("room in the outbox").to_be_bytes();
            client.receive(NOW, &[0x40, 2, high, low]);
            assert!(matches!(client.poll(NOW), Some(Action::Event(Event::Published(_)))));
            settle(&mut client);
        });
        // Two packets, one each way.
        println!("| {size} | {out:.1} | {received:.1} | {:.1} |", 2.0 * acknowledged);
    }
}

/// A client whose CONNACK has come.
fn connected() -> Client {
    let mut client = Client::new(Arc::new(Config::default()), [0; 6], 1);
    client.start(NOW);
    while client.poll(NOW).is_some_and(|action| action != Action::Connect) {}
    client.transport_connected(NOW);
    write(&mut client);
    let mut packet = Vec::new();
    let accepted = Packet::ConnAck { session_present: false, code: 0 };
    accepted.encode(&mut packet).expect("a short packet");
    client.receive(NOW, &packet);
    assert!(matches!(client.poll(NOW), Some(Action::Event(Event::Connected { .. }))));
    settle(&mut client);
    client
}

fn publish(client: &mut Client, payload: &[u8], qos: QoS) {
    client.publish(NOW, TOPIC, black_box(payload), qos, false).expect("a connection");
    write(client);
}

/// The socket takes everything.
fn write(client: &mut Client) {
    settle(client);
    let length = black_box(client.outbound()).len();
    client.sent(NOW, length);
    settle(client);
}

fn settle(client: &mut Client) {
    assert_eq!(client.poll(NOW), None);
}
