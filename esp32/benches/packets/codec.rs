use std::hint::black_box;

use esp32_sim::mqtt::{Packet, Publish, QoS};

use super::rate::millions_a_second;

/// What a QoS 0 publish costs the codec. Nothing is asserted but that no buffer grows.
pub(crate) fn table() {
    println!("| payload (bytes) | encode (M/s) | decode (M/s) | both (M/s) |");
    println!("|---:|---:|---:|---:|");
    for size in [16, 64, 256, 1024] {
        let payload = vec![0x55; size];
        let publish = Publish {
            dup: false,
            qos: QoS::AtMostOnce,
            retain: false,
            topic: "plants/greenhouse/7/moisture",
            id: 0,
            payload: &payload,
        };
        let mut out = Vec::with_capacity(2048);
        publish.encode(&mut out).expect("a short packet");
        let packet = out.clone();
        let capacity = out.capacity();
        let encode = millions_a_second(|| {
            out.clear();
            black_box(&publish).encode(&mut out).expect("a short packet");
            black_box(&out);
        });
        let decode = millions_a_second(|| {
            black_box(Packet::decode(black_box(&packet)).expect("a valid packet"));
        });
        let both = millions_a_second(|| {
            out.clear();
            black_box(&publish).encode(&mut out).expect("a short packet");
            black_box(Packet::decode(black_box(&out)).expect("a valid packet"));
        });
        assert_eq!(out.capacity(), capacity, "the buffer has grown");
        println!("| {size} | {encode:.1} | {decode:.1} | {both:.1} |");
    }
}
