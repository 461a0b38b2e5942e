use esp32_sim::mqtt::Packet;

use crate::sample;

#[test]
fn every_packet_has_the_bytes_of_the_specification() {
    for (packet, bytes) in sample::all() {
        let mut out = Vec::new();
        packet.encode(&mut out).unwrap();
        assert_eq!(out, bytes, "{packet:?}");
    }
}

#[test]
fn the_bytes_of_the_specification_are_read_as_the_packet() {
    for (packet, mut bytes) in sample::all() {
        let length = bytes.len();
        bytes.extend_from_slice(b"\xff\xff");
        assert_eq!(Packet::decode(&bytes), Ok(Some((packet, length))));
    }
}

#[test]
fn a_packet_cut_at_any_byte_is_incomplete() {
    for (packet, bytes) in sample::all() {
        for end in 0..bytes.len() {
            assert_eq!(Packet::decode(&bytes[..end]), Ok(None), "{packet:?} cut at {end}");
        }
    }
}

#[test]
fn any_bit_flipped_is_an_error_or_a_packet_that_encodes_to_its_own_length() {
    for (_, bytes) in sample::all() {
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            if let Ok(Some((packet, length))) = Packet::decode(&flipped) {
                let mut out = Vec::new();
                packet.encode(&mut out).unwrap();
                // A remaining length may be written in more bytes than it needs.
                assert!(out.len() <= length && length <= flipped.len(), "{packet:?}");
                assert_eq!(Packet::decode(&out), Ok(Some((packet, out.len()))));
            }
        }
    }
}
