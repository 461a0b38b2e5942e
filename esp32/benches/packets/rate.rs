use std::time::{Duration, Instant};

const STEPS: u32 = 1_000_000;
const ROUNDS: usize = 5;

/// How often a step can be done, in millions a second: in the fastest of some rounds.
pub(crate) fn millions_a_second(mut step: impl FnMut()) -> f64 {
    let round = |_| {
        let start = Instant::now();
        (0..STEPS).for_each(|_| step());
        start.elapsed()
    };
    let fastest: Duration = (0..ROUNDS).map(round).min().expect("a round");
    f64::from(STEPS) / fastest.as_secs_f64() / 1e6
}
