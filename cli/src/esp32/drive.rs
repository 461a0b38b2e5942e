use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use esp32_sim::client::{Broker, Client, Verification};
use esp32_sim::device::{Device, Link, Order, Orders, Setup};
use esp32_sim::mqtt::QoS;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, sleep, sleep_until};

use super::figures::{Devices, Figures, Messages, Phase, Sample, Step};
use super::firmware::Firmware;
use super::live::Live;
use super::options::{Boot, Options};
use super::recorder::{Recorder, State};
use super::sensor::Sensor;
use super::target::Target;

/// How long acknowledgements may take at the end: as long as a message may wait in the outbox
/// (`CONFIG_OUTBOX_EXPIRED_TIMEOUT_MS`, half of it is twice what a resend needs).
const DRAIN: Duration = Duration::from_secs(15);

/// The devices of one run, and their numbers in the fleet.
pub(crate) struct Fleet<'a> {
    pub(crate) options: &'a Options,
    pub(crate) target: &'a Target,
    pub(crate) firmware: Vec<Firmware>,
    pub(crate) ids: Vec<(usize, String)>,
}

impl Fleet<'_> {
    /// Powers the devices on, lets them run, and counts.
    pub(crate) async fn run(&self, live: &mut Live, stop: impl Future<Output = ()>) -> Figures {
        let recorder = Arc::new(Recorder::new(self.ids.len()));
        let quiet = Arc::new(AtomicBool::new(false));
        let (order, orders) = watch::channel(Order::None);
        let started_at = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let mut by_firmware = BTreeMap::new();
        let mut devices = self.switch_on(&recorder, &quiet, &orders, &mut by_firmware);
        let timeline = self.watch(&recorder, live, stop).await;
        quiet.store(true, Relaxed);
        drain(&recorder, self.options.qos).await;
        let connected_at_end = recorder.in_state(State::Connected);
        order.send_replace(Order::Stop);
        while devices.join_next().await.is_some() {}

        let acknowledged = recorder.acknowledged();
        let published = recorder.published();
        let phase = |step| Phase { step, took: recorder.took(step) };
        Figures {
            started_at,
            seconds: recorder.elapsed().as_secs_f64(),
            seed: self.options.seed,
            devices: Devices {
                total: self.ids.len() as u64,
                connected: recorder.ever_connected(),
                connected_at_end,
                reconnects: recorder.connects() - recorder.ever_connected(),
                by_firmware,
            },
            messages: Messages {
                published,
                acknowledged,
                // Of QoS 0 nobody can tell here.
                lost: if self.options.qos == 0 { 0 } else { published.saturating_sub(acknowledged) },
                duplicated: 0,
            },
            failures: recorder.failures(),
            phases: Step::ALL.into_iter().map(phase).filter(|phase| phase.took.count() > 0).collect(),
            timeline,
            ..Figures::default()
        }
    }

    fn switch_on(
        &self,
        recorder: &Arc<Recorder>,
        quiet: &Arc<AtomicBool>,
        orders: &watch::Receiver<Order>,
        by_firmware: &mut BTreeMap<String, u64>,
    ) -> JoinSet<()> {
        let setups: Vec<Vec<Arc<Setup>>> = self.firmware.iter().map(|firmware| self.setups(firmware)).collect();
        let shares: Vec<usize> = (0..).zip(&self.firmware).flat_map(|(n, f)| std::iter::repeat_n(n, f.weight)).collect();
        let users = &self.target.users;
        let mut devices = JoinSet::new();
        for ((index, (number, id)), delay) in self.ids.iter().enumerate().zip(self.delays()) {
            let share = shares[number % shares.len()];
            *by_firmware.entry(self.firmware[share].name.clone()).or_default() += 1;
            let setup = Arc::clone(&setups[share][number % setups[share].len()]);
            let sensor = Sensor {
                id: id.clone(),
                user: users.get(index).cloned(),
                interval: self.options.interval,
                qos: [QoS::AtMostOnce, QoS::AtLeastOnce, QoS::ExactlyOnce][usize::from(self.options.qos.min(2))],
                quiet: Arc::clone(quiet),
                next: None,
                sequence: 0,
            };
            let mut config = (**setup.config()).clone();
            esp32_sim::device::Application::configure(&sensor, &mut config);
            let number = *number as u64;
            let [.., a, b, c] = number.to_be_bytes();
            let seed = self.options.seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(number);
            let client = Client::new(Arc::new(config), [0x24, 0x6f, 0x28, a, b, c], seed);
            let recorder = Arc::clone(recorder);
            let mut stopped = orders.clone();
            let mut orders = Orders::Shared(orders.clone());
            devices.spawn(async move {
                tokio::select! {
                    _ = stopped.changed() => return,
                    () = sleep(delay) => {}
                }
                Device::new(setup, client, sensor, recorder, index).run(&mut orders).await;
            });
        }
        devices
    }

    /// What devices of a firmware have in common, once for each address that they come from.
    fn setups(&self, firmware: &Firmware) -> Vec<Arc<Setup>> {
        let address = &self.target.address;
        let mut config = firmware.config.clone();
        config.broker = Broker {
            hostname: address.host.clone(),
            port: Some(address.port),
            tls: address.tls,
            verification: Verification {
                certificate: self.target.trust_anchor.clone(),
                ..config.broker.verification.clone()
            },
        };
        let sources = self.options.source.map_or_else(|| vec![None], |source| source.addresses().map(Some).collect());
        let setup = |source| {
            let link = Link { source, ..Link::default() };
            Arc::new(Setup::new(config.clone(), &firmware.tls, link, Setup::host_clock()))
        };
        sources.into_iter().map(setup).collect()
    }

    /// From the start to each device's power-on.
    fn delays(&self) -> Vec<Duration> {
        let mut random = oorandom::Rand64::new(u128::from(self.options.seed));
        // The whole fleet's, so that a worker's devices are switched on when they are without workers.
        let last = self.ids.last().map_or(0, |(number, _)| *number);
        let mut delays: Vec<Duration> = match self.options.boot {
            Boot::Simultaneous => vec![Duration::ZERO; last + 1],
            Boot::Jittered => (0..=last).map(|_| self.options.ramp.mul_f64(random.rand_float())).collect(),
        };
        delays.drain(..self.ids.first().map_or(0, |(number, _)| *number));
        if let Some(rate) = self.options.rate {
            let mut order: Vec<usize> = (0..delays.len()).collect();
            order.sort_by_key(|index| delays[*index]);
            let mut free = Duration::ZERO;
            for index in order {
                delays[index] = delays[index].max(free);
                free = delays[index] + Duration::from_secs_f64(1.0 / rate);
            }
        }
        delays
    }

    /// Takes a sample each second, until the run is over or somebody stops it.
    async fn watch(&self, recorder: &Recorder, live: &mut Live, stop: impl Future<Output = ()>) -> Vec<Sample> {
        let end = Instant::now() + self.options.duration;
        let mut timeline = Vec::new();
        let mut second = interval(Duration::from_secs(1));
        second.set_missed_tick_behavior(MissedTickBehavior::Skip);
        second.tick().await;
        let (mut connects, mut published) = (0, 0);
        tokio::pin!(stop);
        loop {
            tokio::select! {
                () = &mut stop => break,
                () = sleep_until(end.into()) => break,
                _ = second.tick() => {}
            }
            let sample = recorder.sample(recorder.elapsed().as_secs(), connects);
            let publishes = recorder.published() - published;
            (connects, published) = (connects + sample.connects, published + publishes);
            live.show(&self.lines(recorder, &sample, publishes));
            timeline.push(sample);
        }
        live.clear();
        timeline
    }

    /// What a person sees while it runs.
    fn lines(&self, recorder: &Recorder, sample: &Sample, publishes: u64) -> Vec<String> {
        let state = |state| recorder.in_state(state);
        let mut lines = vec![
            format!("{:>4} s of {} s  {}", sample.at, self.options.duration.as_secs(), self.target.address),
            format!(
                "  devices  {} connected, {} connecting, {} waiting to reconnect, {} off",
                sample.connected,
                state(State::Connecting),
                state(State::Disconnected),
                state(State::Off)
            ),
            format!("  rates    {} connects/s, {publishes} publishes/s", sample.connects),
        ];
        for step in Step::ALL {
            let took = recorder.took(step);
            if took.count() > 0 {
                let quantile = |quantile| took.quantile_ms(quantile);
                lines.push(format!(
                    "  {:<18}  p50 {:.1} ms, p99 {:.1} ms, max {:.1} ms",
                    step.name(),
                    quantile(0.5),
                    quantile(0.99),
                    took.max_ms()
                ));
            }
        }
        let failures: u64 = recorder.failures().values().sum();
        if failures > 0 {
            lines.push(format!("  failures {failures}"));
        }
        lines
    }
}

/// Waits for what was published and is not acknowledged.
async fn drain(recorder: &Recorder, qos: u8) {
    let end = Instant::now() + DRAIN;
    while qos > 0 && recorder.acknowledged() < recorder.published() && Instant::now() < end {
        sleep(Duration::from_millis(20)).await;
    }
}
