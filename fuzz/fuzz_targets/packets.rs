//! Any bytes are refused, incomplete, or a packet that encodes to bytes which decode to it.
#![no_main]

use esp32_sim::mqtt::Packet;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(Some((packet, length))) = Packet::decode(bytes) {
        let mut out = Vec::new();
        packet.encode(&mut out).unwrap();
        assert!(out.len() <= length && length <= bytes.len());
        assert_eq!(Packet::decode(&out), Ok(Some((packet, out.len()))));
    }
});
