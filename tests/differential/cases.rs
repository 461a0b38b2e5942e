//! How many cases, from which seed, shrunk to the smallest.

use std::fmt::Debug;

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

/// The suite's own; `make differential` asks for more, and for a seed of its own.
const CASES: u32 = 300;
const SEED: u64 = 20_260_615;

/// Runs a property on cases of a strategy, and fails with the smallest case that breaks it and the seed that finds it again.
pub(crate) fn check<S: Strategy>(cases: S, property: impl Fn(S::Value) -> Result<(), TestCaseError>)
where
    S::Value: Debug,
{
    let number = variable("DIFFERENTIAL_CASES").map_or(CASES, |cases| cases.try_into().unwrap());
    let seed = variable("DIFFERENTIAL_SEED").unwrap_or(SEED);
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config =
        Config { cases: number, failure_persistence: None, max_shrink_iters: 2_000, ..Config::default() };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    match TestRunner::new_with_rng(config, rng).run(&cases, property) {
        Ok(()) => {}
        Err(TestError::Fail(reason, case)) => {
            panic!(
                "model and broker differ: {reason}\nsmallest case: {case:#?}\nagain with DIFFERENTIAL_SEED={seed} DIFFERENTIAL_CASES={number}"
            )
        }
        Err(TestError::Abort(reason)) => panic!("too few cases could be made: {reason}"),
    }
}

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|value| value.parse().expect("a number"))
}
