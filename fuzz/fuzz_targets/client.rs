//! Whatever happens to a client, in any order: what the property test asks for holds.
#![no_main]

use libfuzzer_sys::arbitrary::{Arbitrary, Result, Unstructured};
use libfuzzer_sys::fuzz_target;

use happening::{Happening, live};

#[path = "../../esp32/tests/client/happening.rs"]
mod happening;

impl<'a> Arbitrary<'a> for Happening {
    fn arbitrary(input: &mut Unstructured<'a>) -> Result<Self> {
        Ok(match input.int_in_range(0..=11)? {
            0 => Self::Accept,
            1 => {
                let length = usize::from(u8::arbitrary(input)?);
                Self::Bytes(input.bytes(length)?.to_vec())
            }
            2 => Self::Closed,
            3 => Self::Disconnect,
            4 => Self::Fail,
            5 => Self::Pass(input.int_in_range(0..=200_000)?),
            6 => Self::Publish(input.int_in_range(0..=2)?, input.int_in_range(0..=3_000)?),
            7 => Self::Reconnect,
            8 => Self::Start,
            9 => Self::Stop,
            10 => Self::Subscribe,
            _ => Self::Take,
        })
    }
}

fuzz_target!(|happenings: Vec<Happening>| live(happenings));
