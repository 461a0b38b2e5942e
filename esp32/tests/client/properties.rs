use proptest::prelude::*;

use crate::happening::{Happening, live};

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        4 => Just(Happening::Accept),
        4 => proptest::collection::vec(any::<u8>(), 0..64).prop_map(Happening::Bytes),
        2 => (0x20u8..=0xF0, any::<u16>())
            .prop_map(|(kind, id)| Happening::Bytes(vec![kind & 0xF0 | if kind >> 4 == 6 { 2 } else { 0 }, 2,
                id.to_be_bytes()[0], id.to_be_bytes()[1]])),
        1 => Just(Happening::Closed),
        1 => Just(Happening::Disconnect),
        1 => Just(Happening::Fail),
        4 => (0u32..200_000).prop_map(Happening::Pass),
        4 => (0u8..3, 0u16..3_000).prop_map(|(qos, length)| Happening::Publish(qos, length)),
        1 => Just(Happening::Reconnect),
        3 => Just(Happening::Start),
        1 => Just(Happening::Stop),
        2 => Just(Happening::Subscribe),
        4 => Just(Happening::Take),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn events_are_in_order_whatever_happens(happenings in proptest::collection::vec(happening(), 1..80)) {
        live(happenings);
    }
}
