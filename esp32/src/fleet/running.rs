use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, interval_at, sleep_until, timeout};

use super::limits::{allow_files, check_ports};
use super::observer::Observer;
use super::plan::{Boot, Plan};
use super::watch::Watch;
use super::{Error, Figures, Identity};
use crate::device::{Device, Order, Orders, Setup};
use crate::plantops::Sensor;
use crate::tls::Clock;

/// A fleet with power. Dropped, it is gone without a word: the broker sends the wills.
#[must_use = "a fleet that is dropped is gone"]
pub struct Fleet {
    watch: Arc<Watch>,
    orders: watch::Sender<Order>,
    devices: JoinSet<()>,
    onlookers: Option<Runtime>,
}

impl Drop for Fleet {
    fn drop(&mut self) {
        if let Some(onlookers) = self.onlookers.take() {
            onlookers.shutdown_background();
        }
    }
}

impl Fleet {
    /// Boots the devices as planned, once the observer has subscribed or 10 s have passed. Must be called within a runtime of tokio.
    ///
    /// # Errors
    /// When the plan cannot be carried out, or this computer has not the file descriptors or the ports, before anything
    /// is connected.
    pub fn start(plan: Plan) -> Result<Self, Error> {
        let count = plan.devices.len();
        if count == 0 || plan.shares.iter().all(|share| share.weight == 0) {
            return Err(Error::NoDevices);
        }
        if let Boot::Paced(per_second) = plan.boot
            && !(per_second.is_finite() && per_second > 0.0)
        {
            return Err(Error::Rate { per_second });
        }
        check_ports(count, plan.sources.len().max(1))?;
        allow_files(count + usize::from(plan.observer.is_some()))?;
        let watch = Arc::new(Watch::new(count));
        // Subscribed before anyone can give an order, so that none is missed.
        let (orders, mut order) = watch::channel(Order::None);
        let ready = Arc::new(Notify::new());
        // A thread of their own: behind ten thousand handshakes the observer would fall so far behind that the broker
        // drops what it has for it.
        let onlookers = Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let onlookers = onlookers.map_err(|source| Error::Thread { source })?;
        if let Some(identity) = &plan.observer {
            onlookers.spawn(observe(&plan, identity, Arc::clone(&watch), Arc::clone(&ready)));
        } else {
            ready.notify_one();
        }
        let sampled = Arc::clone(&watch);
        onlookers.spawn(async move {
            let second = Duration::from_secs(1);
            let mut seconds = interval_at(Instant::now() + second, second);
            loop {
                seconds.tick().await;
                sampled.sample();
            }
        });
        let mut devices = JoinSet::new();
        let seen = Arc::clone(&watch);
        devices.spawn(async move {
            // Nobody would see what is published before; but a fleet does not wait for ever.
            tokio::select! {
                biased;
                _ = order.changed() => return,
                _ = timeout(OBSERVER, ready.notified()) => {}
            }
            boot(plan, seen, order).await;
        });
        Ok(Self { watch, orders, devices, onlookers: Some(onlookers) })
    }

    /// What came of it so far.
    pub fn figures(&self) -> Figures {
        self.watch.figures()
    }

    /// Cuts the power of every device: connections are reset, and the broker sends the wills.
    pub fn power_cut(&self) {
        self.orders.send_replace(Order::PowerCut);
    }

    /// Stops every device with a DISCONNECT, and gives the figures.
    pub async fn stop(mut self) -> Figures {
        self.orders.send_replace(Order::Stop);
        while self.devices.join_next().await.is_some() {}
        self.figures()
    }
}

/// How long the observer may take.
const OBSERVER: Duration = Duration::from_secs(10);

/// Boots one device after another, and lasts until the last of them ends.
async fn boot(plan: Plan, watch: Arc<Watch>, mut order: watch::Receiver<Order>) {
    let times = plan.boot.times(plan.devices.len(), plan.seed);
    let clock = Setup::host_clock();
    let setups = setups(&plan, &clock);
    let started = Instant::now();
    let mut devices = JoinSet::new();
    for (index, (identity, time)) in plan.devices.iter().zip(times).enumerate() {
        if time > started.elapsed() {
            tokio::select! {
                () = sleep_until(started + time) => {}
                // Who has no power yet is not booted any more.
                _ = order.changed() => break,
            }
        } else if order.has_changed().unwrap_or(true) {
            break;
        }
        let source = index % plan.sources.len().max(1);
        let setup = Arc::clone(&setups[plan.share(index)][source]);
        let seed = plan.seed.wrapping_add(index as u64);
        let client = identity.client(setup.config(), Some(Sensor::last_will(&identity.id)), seed);
        let sensor = identity.sensor(setup.config(), plan.cadence, plan.qos, &clock, seed);
        let device = Device::new(setup, client, sensor, Arc::clone(&watch), index);
        let mut orders = Orders::Shared(order.clone());
        let seen = Arc::clone(&watch);
        devices.spawn(async move {
            device.run(&mut orders).await;
            seen.off(index);
        });
    }
    while devices.join_next().await.is_some() {}
}

/// One for each firmware and source address.
fn setups(plan: &Plan, clock: &Clock) -> Vec<Vec<Arc<Setup>>> {
    let of_share = |share: &super::Share| {
        let setup = Setup::new(share.config.clone(), &share.tls, Arc::clone(clock));
        match plan.sources.as_slice() {
            [] => vec![Arc::new(setup)],
            sources => sources.iter().map(|source| Arc::new(setup.coming_from(*source))).collect(),
        }
    };
    plan.shares.iter().map(of_share).collect()
}

/// Reads along until it is dropped.
fn observe(
    plan: &Plan,
    identity: &Identity,
    watch: Arc<Watch>,
    ready: Arc<Notify>,
) -> impl Future<Output = ()> + use<> {
    let share = &plan.shares[0];
    let mut config = share.config.clone();
    config.network.reconnect_timeout = Duration::from_millis(100);
    // What a whole fleet says would not fit the window of a chip.
    config.kconfig.tcp_wnd_default = None;
    let setup = Arc::new(Setup::new(config, &share.tls, Setup::host_clock()));
    let client = identity.client(setup.config(), None, plan.seed);
    let device = Device::new(setup, client, Observer::new(watch, ready, &plan.devices), Arc::new(()), 0);
    let (orders, receiver) = watch::channel(Order::None);
    async move {
        let mut receiver = Orders::Shared(receiver);
        device.run(&mut receiver).await;
        drop(orders);
    }
}
