//! What a QoS 0 publish costs the codec on one core. Nothing is asserted but that no buffer grows.

#![allow(clippy::expect_used, reason = "what a benchmark cannot do ends it")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use esp32_sim::mqtt::{Packet, Publish, QoS};

const PACKETS: u32 = 2_000_000;
const ROUNDS: usize = 5;

fn main() {
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
        let encode = fastest(|| {
            out.clear();
            black_box(&publish).encode(&mut out).expect("a short packet");
            black_box(&out);
        });
        let decode = fastest(|| {
            black_box(Packet::decode(black_box(&packet)).expect("a valid packet"));
        });
        let both = fastest(|| {
            out.clear();
            black_box(&publish).encode(&mut out).expect("a short packet");
            black_box(Packet::decode(black_box(&out)).expect("a valid packet"));
        });
        assert_eq!(out.capacity(), capacity, "the buffer has grown");
        println!("| {size} | {:.1} | {:.1} | {:.1} |", rate(encode), rate(decode), rate(both));
    }
}

fn fastest(mut step: impl FnMut()) -> Duration {
    let round = |_| {
        let start = Instant::now();
        (0..PACKETS).for_each(|_| step());
        start.elapsed()
    };
    (0..ROUNDS).map(round).min().expect("a round")
}

fn rate(time: Duration) -> f64 {
    f64::from(PACKETS) / time.as_secs_f64() / 1e6
}
