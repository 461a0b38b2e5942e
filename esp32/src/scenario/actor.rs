use std::collections::VecDeque;
use std::future::pending;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, UNIX_EPOCH};

use oorandom::Rand64;
use tokio::sync::{mpsc, watch};
use tokio::task::yield_now;
use tokio::time::sleep;

use super::part::Part;
use super::record::Record;
use super::{Action, DnsState, Fate, PlannedStep, PlayError};
use crate::device::{
    Command, Device, Dns, Flash, Order, Orders, Power, PowerChange, ResetReason, Setup, WallClock,
};
use crate::plantops::Sensor;
use crate::tls::Clock;

/// Parts per million that a crystal of an ESP32 may be off (hardware design guidelines, "Clock Source").
const DRIFT_PPM: u32 = 10;

/// One device, and what happens to it. It stays the same through all of its boots.
pub(super) struct Actor {
    part: Part,
    steps: VecDeque<PlannedStep>,
    record: Arc<Record>,
    random: Rand64,
    power: Power,
    flash: Flash,
    clock: Arc<Mutex<WallClock>>,
    dns: Dns,
    running: Option<Running>,
}

/// A device with power.
struct Running {
    orders: mpsc::UnboundedSender<Order>,
    device: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl Running {
    async fn end(self, order: Order) {
        // It takes orders until it ends.
        let _ = self.orders.send(order);
        self.device.await;
    }
}

impl Actor {
    /// Without power.
    pub(super) fn new(
        part: Part,
        flash: Flash,
        steps: VecDeque<PlannedStep>,
        seed: u64,
        record: Arc<Record>,
    ) -> Self {
        let mut random = Rand64::new(u128::from(seed) << 64 | part.device as u128);
        let drift = random.rand_range(0..u64::from(2 * DRIFT_PPM + 1)) as i32 - DRIFT_PPM as i32;
        Self {
            part,
            steps,
            record,
            random,
            power: Power::default(),
            flash,
            clock: Arc::new(Mutex::new(WallClock::new(drift))),
            dns: Dns::default(),
            running: None,
        }
    }

    /// Does what is planned up to `end`, and what else is asked for, until then or until it is to stop.
    pub(super) async fn play(
        mut self,
        end: Duration,
        mut asked: mpsc::UnboundedReceiver<Action>,
        mut stop: watch::Receiver<()>,
    ) -> Result<Fate, PlayError> {
        while !stop.has_changed().unwrap_or(true) {
            let step = self.steps.front().map(|step| step.at);
            let due = step.into_iter().chain(self.power.wake_at()).min().filter(|due| *due <= end);
            let left = due.unwrap_or(end).saturating_sub(self.record.now());
            if let (Some(due), Duration::ZERO) = (due, left) {
                // The device does nothing between what is planned for the same moment.
                self.turn(due).await?;
                yield_now().await;
                continue;
            }
            tokio::select! {
                biased;
                _ = stop.changed() => break,
                () = sleep(left) => if due.is_none() {
                    break;
                },
                Some(action) = asked.recv() => self.act(self.record.now(), action).await?,
                () = run(&mut self.running) => self.running = None,
            }
        }
        let fate = self.record.snapshot();
        if let Some(running) = self.running.take() {
            running.end(Order::Stop).await;
        }
        Ok(fate)
    }

    /// What comes at `due`: a change of power before a step.
    async fn turn(&mut self, due: Duration) -> Result<(), PlayError> {
        if self.power.wake_at().is_some_and(|wake| wake <= due) {
            self.settle(due).await;
            return Ok(());
        }
        match self.steps.pop_front() {
            Some(step) => self.act(due, step.action).await,
            None => Ok(()),
        }
    }

    async fn act(&mut self, now: Duration, action: Action) -> Result<(), PlayError> {
        self.record.action(&action);
        match action {
            Action::Brownout { resets, every } => self.power.brownout_loop(now, resets, every),
            Action::Burst { messages, bytes } => self.burst(messages, bytes),
            Action::Certificate { cut_after } => self.renew(cut_after)?,
            Action::Dns(DnsState::Found) => self.dns.restore(),
            Action::Dns(DnsState::Lost) => self.dns.lose(),
            Action::DeepSleep { time } => self.power.deep_sleep(now, time),
            Action::Link(state) => {
                if let Some(links) = &self.part.means.links {
                    links.set(self.part.device, state);
                }
            }
            Action::PowerCut => self.power.power_cut(),
            Action::PowerOn => self.power.power_on(),
            Action::Reset => self.power.reset(),
            Action::Sntp => {
                if self.power.is_running() {
                    let time = Setup::host_clock()().duration_since(UNIX_EPOCH).unwrap_or_default();
                    lock(&self.clock).sntp_step(self.record.now(), time);
                }
            }
        }
        self.settle(now).await;
        Ok(())
    }

    /// Does to the device what became of its power.
    async fn settle(&mut self, now: Duration) {
        while let Some(change) = self.power.poll(now) {
            match change {
                PowerChange::Boot(reason) => self.boot(reason),
                PowerChange::Down => {
                    if let Some(running) = self.running.take() {
                        running.end(Order::PowerCut).await;
                    }
                    self.record.down();
                }
            }
        }
    }

    fn boot(&mut self, reason: ResetReason) {
        if reason.loses_clock() {
            lock(&self.clock).power_on(self.record.now());
        }
        self.flash.boot();
        self.record.boot(reason, self.flash.key_pair());
        let (part, random) = (&self.part, &mut self.random);
        let mut config = part.config.clone();
        self.flash.configure(&mut config);
        let clock = clock(&self.clock, &self.record);
        let setup = Setup::new(config, &part.firmware.tls, Arc::clone(&clock)).asking(self.dns.clone());
        let setup = Arc::new(setup);
        let last_will = Sensor::last_will(&part.identity.id);
        let client = part.identity.client(setup.config(), Some(last_will), random.rand_u64());
        let sensor = part.identity.sensor(setup.config(), part.cadence, part.qos, &clock, random.rand_u64());
        let device = Device::new(setup, client, sensor, Arc::clone(&self.record), part.device);
        let (orders, receiver) = mpsc::unbounded_channel();
        let mut receiver = Orders::Own(receiver);
        let device = Box::pin(async move {
            device.run(&mut receiver).await;
        });
        self.running = Some(Running { orders, device });
    }

    fn burst(&self, messages: u32, bytes: usize) {
        let Some(running) = &self.running else { return };
        for _ in 0..messages {
            let command = Command::Publish {
                topic: format!("plantops/{}/telemetry/burst", self.part.identity.id),
                payload: vec![b'.'; bytes],
                qos: self.part.qos,
                retain: false,
            };
            let _ = running.orders.send(Order::Command(command));
        }
    }

    fn renew(&mut self, cut_after: Option<usize>) -> Result<(), PlayError> {
        if !self.power.is_running() {
            return Ok(());
        }
        let entries = self.part.means.certificate(self.part.device)?;
        if let Some(entries) = cut_after {
            self.flash.cut_after(entries);
        }
        // How far it came, the pair in flash says.
        let _ = self.flash.write(entries);
        self.record.written(self.flash.key_pair());
        if cut_after.is_some() {
            self.power.power_cut();
            self.power.power_on();
        }
        Ok(())
    }
}

async fn run(running: &mut Option<Running>) {
    match running {
        Some(running) => running.device.as_mut().await,
        None => pending().await,
    }
}

/// What TLS and the sensor take for the time of day.
fn clock(clock: &Arc<Mutex<WallClock>>, record: &Arc<Record>) -> Clock {
    let (clock, record) = (Arc::clone(clock), Arc::clone(record));
    Arc::new(move || lock(&clock).time(record.now()))
}

fn lock(clock: &Mutex<WallClock>) -> MutexGuard<'_, WallClock> {
    clock.lock().unwrap_or_else(PoisonError::into_inner)
}
