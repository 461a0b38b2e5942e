use std::net::IpAddr;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use esp32_sim::device;
use esp32_sim::firmware::Firmware;
use esp32_sim::fleet::{self, Fleet, Plan};
use tokio::sync::watch::Receiver;
use tokio::time::{MissedTickBehavior, interval, sleep_until};

use super::distribution::Distribution;
use super::figures::{Delivered, Devices, Figures, Messages, Phase, Sample, Step, Sys};
use super::options::{Boot, Options, Source};
use super::sys::{self, Told, Values};
use super::target::Target;
use super::{firmware, verdict};
use crate::error::Error;
use crate::live::Live;

/// Runs the devices, and says what came of it. Ends early, with what there is by then, when `stop` does.
pub(crate) async fn drive(options: &Options, stop: impl Future<Output = ()>) -> Result<Figures, Error> {
    options.check()?;
    // Before a broker is started for it.
    let firmware = options.firmware.iter().map(|share| firmware::read(&share.firmware, Path::new("")));
    let firmware: Vec<Firmware> = firmware.collect::<Result<_, _>>()?;
    let ids = options.ids();
    let target = Target::of(options, &ids).await?;
    let plan = plan(options, firmware, &target, &ids);
    let by_firmware = plan.devices_by_firmware();
    let started_at = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let mut told = sys::follow(&target);
    let fleet = Fleet::start(plan).map_err(super::Error::from)?;
    let (sys, stopped) = watch(&fleet, options, &target, &mut told, stop).await;
    let at_end = fleet.figures();
    let seen = fleet.stop().await;

    let mut figures = Figures {
        broker: target.described(told.borrow().version.clone()),
        started_at,
        seconds: at_end.elapsed.as_secs_f64(),
        seed: options.seed,
        fleet: options.fleet(),
        devices: Devices {
            total: ids.len() as u64,
            off: at_end.states.off as u64,
            connected: at_end.ever_connected as u64,
            connected_at_end: at_end.states.connected as u64,
            reconnects: at_end.connects - at_end.ever_connected as u64,
            by_firmware,
        },
        messages: Messages {
            published: at_end.published,
            acknowledged: at_end.acknowledged,
            delivered: target.observer.is_some().then_some(Delivered {
                observed: seen.observed,
                lost: seen.lost,
                duplicated: seen.duplicated,
            }),
        },
        failures: at_end.failures.clone(),
        phases: phases(&at_end),
        timeline: at_end.timeline.iter().map(|second| sample(second)).collect(),
        sys,
        not_judged: Vec::new(),
        broken: Vec::new(),
    };
    let under_way = if stopped { at_end.states.connecting as u64 } else { 0 };
    verdict::judge(&mut figures, under_way);
    Ok(figures)
}

fn plan(options: &Options, firmware: Vec<Firmware>, target: &Target, ids: &[String]) -> Plan {
    let observer = target.observer.as_ref().map(|(name, password)| fleet::Identity {
        id: format!("{}observer-{}", options.id_prefix, std::process::id()),
        login: Some((name.clone(), password.reveal().to_owned())),
    });
    Plan {
        devices: target.identities(ids).into(),
        shares: options
            .firmware
            .iter()
            .zip(firmware)
            .map(|(share, firmware)| firmware::resolve(share, firmware, target))
            .collect(),
        boot: match (options.rate, options.boot) {
            // Of all workers together.
            (Some(rate), _) => fleet::Boot::Paced(rate * ids.len() as f64 / f64::from(options.devices)),
            (None, Boot::Jittered) => fleet::Boot::Jittered(options.ramp),
            (None, Boot::Simultaneous) => fleet::Boot::Simultaneous,
        },
        cadence: options.interval,
        qos: options.qos(),
        sources: options.source.map_or_else(Vec::<IpAddr>::new, Source::addresses),
        observer,
        // Workers differ.
        seed: options.seed.wrapping_add(options.numbers().start.into()),
    }
}

/// Shows how far it is, and compares it with what the broker tells, until the run is over or somebody stops it: then the second is true.
async fn watch(
    fleet: &Fleet,
    options: &Options,
    target: &Target,
    told: &mut Receiver<Told>,
    stop: impl Future<Output = ()>,
) -> (Option<Sys>, bool) {
    let mut sys = None;
    let end = Instant::now() + options.duration();
    let live = Live::new();
    let mut second = interval(Duration::from_secs(1));
    second.set_missed_tick_behavior(MissedTickBehavior::Skip);
    tokio::pin!(stop);
    let stopped = loop {
        tokio::select! {
            () = &mut stop => break true,
            () = sleep_until(end.into()) => break false,
            Ok(()) = told.changed() => {
                if let Some(values) = told.borrow_and_update().values {
                    sys = Some(compared(values, &fleet.figures()));
                }
            }
            // Nothing is counted together that nobody sees.
            _ = second.tick(), if live.is_shown() => live.show(&lines(&fleet.figures(), options, target)),
        }
    };
    live.clear();
    (sys, stopped)
}

fn compared(values: Values, figures: &fleet::Figures) -> Sys {
    Sys {
        at: figures.elapsed.as_secs_f64(),
        connected: values.connected,
        published: values.published,
        devices_connected: figures.states.connected as u64,
        devices_published: figures.published,
    }
}

fn lines(figures: &fleet::Figures, options: &Options, target: &Target) -> Vec<String> {
    let states = &figures.states;
    let (connects, publishes) =
        figures.timeline.last().map_or((0, 0), |last| (last.connects, last.published));
    let mut lines = vec![
        format!(
            "{} s of {} s on {}",
            figures.elapsed.as_secs(),
            options.duration().as_secs(),
            target.address
        ),
        format!(
            "  devices   {} connected, {} connecting, {} waiting to reconnect, {} off",
            states.connected, states.connecting, states.waiting, states.off
        ),
        format!("  rates     {connects} connects/s, {publishes} publishes/s"),
    ];
    lines.extend(phases(figures).iter().map(|Phase { step, took }| {
        let quantile = |quantile| took.quantile_ms(quantile);
        let (median, late, longest) = (quantile(0.5), quantile(0.99), took.max_ms());
        format!("  {:<26}p50 {median:.1} ms, p99 {late:.1} ms, max {longest:.1} ms", step.name())
    }));
    let failures: u64 = figures.failures.values().sum();
    if failures > 0 {
        lines.push(format!("  failures  {failures}"));
    }
    lines
}

fn phases(figures: &fleet::Figures) -> Vec<Phase> {
    let of = |step| match step {
        Step::Tcp => figures.phase(device::Phase::Tcp),
        Step::Tls => figures.phase(device::Phase::Tls),
        Step::ConnAck => figures.phase(device::Phase::ConnAck),
        Step::PubAck => figures.phase(device::Phase::PubAck),
        Step::Delivery => &figures.delivery,
        Step::Reconnect => &figures.reconnect,
    };
    let phase = |step| Phase { step, took: Distribution::of(of(step)) };
    Step::ALL.into_iter().map(phase).filter(|phase| phase.took.count() > 0).collect()
}

fn sample(sample: &fleet::Sample) -> Sample {
    Sample {
        at: sample.at.as_secs(),
        connected: sample.states.connected as u64,
        connects: sample.connects,
        acknowledged: Distribution::of(&sample.acknowledged),
    }
}
