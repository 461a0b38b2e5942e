use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use oorandom::Rand32;

use super::Identity;
use crate::client::Config;
use crate::firmware::deal;
use crate::mqtt::QoS;
use crate::tls::Profile;

/// When devices get power.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Boot {
    /// Anywhere within this time.
    Jittered(Duration),
    /// One after another, so many a second.
    Paced(f64),
    /// All at once, as after a power cut in the street.
    #[default]
    Simultaneous,
}

impl Boot {
    /// When each of `devices` boots, in order.
    pub(super) fn times(self, devices: usize, seed: u64) -> Vec<Duration> {
        let mut random = Rand32::new(seed);
        let mut times: Vec<Duration> = (0..devices)
            .map(|index| match self {
                Self::Jittered(within) => within.mul_f32(random.rand_float()),
                Self::Paced(per_second) => {
                    Duration::try_from_secs_f64(index as f64 / per_second).unwrap_or_default()
                }
                Self::Simultaneous => Duration::ZERO,
            })
            .collect();
        times.sort_unstable();
        times
    }
}

/// Firmware of a part of the fleet.
#[derive(Clone, Debug)]
pub struct Share {
    /// What it is called in the figures.
    pub name: String,
    /// How its clients are configured; the broker's address is in here.
    pub config: Config,
    /// How it does TLS.
    pub tls: Profile,
    /// Of so many parts.
    pub weight: u32,
}

/// A fleet that is to be.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Each of them.
    pub devices: Arc<[Identity]>,
    /// Which firmware they run. Dealt out by weight, in turn.
    pub shares: Vec<Share>,
    /// When they boot.
    pub boot: Boot,
    /// How often each publishes telemetry.
    pub cadence: Duration,
    /// With which quality of service.
    pub qos: QoS,
    /// Where they come from; none: the host chooses.
    pub sources: Vec<IpAddr>,
    /// Who reads the fleet's telemetry and status, to find what was lost; without, only PUBACKs are counted.
    pub observer: Option<Identity>,
    /// Of everything that is drawn by lot.
    pub seed: u64,
}

impl Plan {
    /// What so many devices run, by name.
    pub fn devices_by_firmware(&self) -> BTreeMap<String, u64> {
        let mut devices = BTreeMap::new();
        for index in 0..self.devices.len() {
            *devices.entry(self.shares[self.share(index)].name.clone()).or_default() += 1;
        }
        devices
    }

    /// The index of the share that device `index` belongs to. Some share has a weight.
    pub(super) fn share(&self, index: usize) -> usize {
        deal(index, self.shares.iter().map(|share| share.weight)).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Boot;

    #[test]
    fn paced_boot_keeps_its_rate_in_every_second() {
        let times = Boot::Paced(50.0).times(200, 1);
        for second in 0..4 {
            let booted = times.iter().filter(|time| time.as_secs() == second).count();
            assert_eq!(booted, 50, "second {second}");
        }
    }

    #[test]
    fn jittered_boot_stays_within_its_time_and_is_the_same_for_the_same_seed() {
        let within = Duration::from_secs(5);
        let times = Boot::Jittered(within).times(1000, 7);
        assert!(times.iter().all(|time| *time <= within));
        assert_eq!(times, Boot::Jittered(within).times(1000, 7));
        assert_ne!(times, Boot::Jittered(within).times(1000, 8));
    }
}
