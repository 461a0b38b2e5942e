use allocation_counter::{AllocationInfo, measure};
use esp32_sim::client::{Action, Config, Event};
use esp32_sim::mqtt::{Packet, Publish, QoS};

use crate::rig::Rig;

/// Twice: the first fills the buffers.
fn second_time(mut act: impl FnMut()) -> AllocationInfo {
    act();
    measure(act)
}

fn publish(qos: QoS) -> AllocationInfo {
    let Rig { mut client, now, .. } = Rig::connected(Config::default());
    second_time(|| {
        client.publish(now, "plantops/sensor-1/telemetry", &[0x55; 100], qos, false).unwrap();
        assert_eq!(client.poll(now), None);
        let length = client.outbound().len();
        client.sent(now, length);
        assert_eq!(client.poll(now), None);
    })
}

#[test]
fn publishing_qos_0_allocates_nothing_and_qos_1_what_the_outbox_keeps() {
    assert_eq!(publish(QoS::AtMostOnce).count_total, 0);
    assert!(publish(QoS::AtLeastOnce).count_total > 0);
}

#[test]
fn receiving_qos_0_allocates_nothing() {
    let Rig { mut client, now, .. } = Rig::connected(Config::default());
    let message = Publish {
        dup: false,
        qos: QoS::AtMostOnce,
        retain: false,
        topic: "plantops/sensor-1/cmd",
        id: 0,
        payload: &[0x55; 100],
    };
    let mut packet = Vec::new();
    Packet::Publish(message).encode(&mut packet).unwrap();
    let allocated = second_time(|| {
        client.receive(now, &packet);
        assert!(matches!(client.poll(now), Some(Action::Event(Event::Data(_)))));
        assert_eq!(client.poll(now), None);
    });
    assert_eq!(allocated.count_total, 0);
}
