use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

/// Of how many durations a worker has counted how many: a histogram that can be merged with those of other workers.
///
/// In JSON it has the percentiles for readers, and `buckets_us` for `merge`: pairs of microseconds and how often.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
pub(crate) struct Distribution(Histogram<u64>);

/// Two digits: a value is at most 1 % too high.
const SIGNIFICANT_DIGITS: u8 = 2;

/// A day. What took longer is counted as that.
const LONGEST_US: u64 = 86_400_000_000;

#[derive(Serialize, Deserialize)]
struct Written {
    count: u64,
    p50_ms: f64,
    p90_ms: f64,
    p99_ms: f64,
    max_ms: f64,
    buckets_us: Vec<(u64, u64)>,
}

impl Default for Distribution {
    fn default() -> Self {
        Self::from_buckets([])
    }
}

impl Distribution {
    /// From pairs of microseconds and how often.
    pub(crate) fn from_buckets(buckets: impl IntoIterator<Item = (u64, u64)>) -> Self {
        let histogram = Histogram::new(SIGNIFICANT_DIGITS);
        let mut histogram = histogram.unwrap_or_else(|_| unreachable!("two digits are allowed"));
        for (value, count) in buckets {
            let value = value.clamp(1, LONGEST_US);
            // It grows by itself.
            let _ = histogram.record_n(value, count);
        }
        Self(histogram)
    }

    /// From another histogram of microseconds.
    pub(crate) fn of(histogram: &Histogram<u64>) -> Self {
        Self(histogram.clone())
    }

    pub(crate) fn count(&self) -> u64 {
        self.0.len()
    }

    /// In milliseconds; 0 for nothing counted.
    pub(crate) fn quantile_ms(&self, quantile: f64) -> f64 {
        self.0.value_at_quantile(quantile) as f64 / 1000.0
    }

    pub(crate) fn max_ms(&self) -> f64 {
        self.0.max() as f64 / 1000.0
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        // It grows by itself.
        let _ = self.0.add(&other.0);
    }

    fn buckets(&self) -> Vec<(u64, u64)> {
        self.0.iter_recorded().map(|value| (value.value_iterated_to(), value.count_at_value())).collect()
    }
}

impl From<Written> for Distribution {
    fn from(written: Written) -> Self {
        Self::from_buckets(written.buckets_us)
    }
}

impl From<Distribution> for Written {
    fn from(distribution: Distribution) -> Self {
        Self {
            count: distribution.count(),
            p50_ms: distribution.quantile_ms(0.5),
            p90_ms: distribution.quantile_ms(0.9),
            p99_ms: distribution.quantile_ms(0.99),
            max_ms: distribution.max_ms(),
            buckets_us: distribution.buckets(),
        }
    }
}
