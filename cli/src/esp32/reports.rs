//! What several workers reported, put together.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::figures::{Delivered, Figures, Fleet, Sample};

/// Why reports are not those of one fleet.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Apart {
    #[error("slice {slice}/{workers} comes twice: give each worker's report once")]
    Twice { slice: u32, workers: u32 },
    #[error(
        "one is of {one} devices of {one_workers} workers, another of {other} of {other_workers}: merge what one run of all workers reported"
    )]
    Fleets { one: u32, one_workers: u32, other: u32, other_workers: u32 },
    #[error("one has the seed {one}, another {other}: give all workers the same --seed")]
    Seeds { one: u64, other: u64 },
}

/// The reports of a file, one behind the other.
pub(crate) fn parsed(text: &str) -> Result<Vec<Figures>, serde_json::Error> {
    serde_json::Deserializer::from_str(text).into_iter().collect()
}

/// Adds up reports of one fleet. What no report speaks of is not judged.
pub(crate) fn merged(reports: Vec<Figures>) -> Result<Figures, Apart> {
    let fleet = together(&reports)?;
    let start = reports.iter().map(|report| report.started_at).min().unwrap_or(0);
    let merged = reports.into_iter().map(|report| shifted(report, start)).reduce(merge);
    let mut merged = merged.unwrap_or_default();
    // One that was merged before has said of itself what was missing then.
    merged.not_judged.retain(|line| !line.starts_with(MISSING));
    merged.not_judged.extend(missing(&fleet));
    merged.fleet = fleet;
    Ok(merged)
}

const MISSING: &str = "no report of slice";

fn missing(fleet: &Fleet) -> Option<String> {
    let missing = || (1..=fleet.workers).filter(|slice| !fleet.slices.contains(slice));
    let named: Vec<String> = missing().take(5).map(|slice| format!("{slice}/{}", fleet.workers)).collect();
    let more = missing().nth(5).map_or("", |_| " and others");
    (!named.is_empty()).then(|| format!("{MISSING} {}{more}", named.join(", ")))
}

/// All of one fleet, and each slice once.
fn together(reports: &[Figures]) -> Result<Fleet, Apart> {
    let Some(first) = reports.first() else { return Ok(Fleet::default()) };
    let mut fleet = Fleet { slices: Vec::new(), ..first.fleet.clone() };
    for Figures { fleet: other, seed, .. } in reports {
        if (fleet.devices, fleet.workers) != (other.devices, other.workers) {
            return Err(Apart::Fleets {
                one: fleet.devices,
                one_workers: fleet.workers,
                other: other.devices,
                other_workers: other.workers,
            });
        }
        if first.seed != *seed {
            return Err(Apart::Seeds { one: first.seed, other: *seed });
        }
        fleet.slices.extend(&other.slices);
    }
    fleet.slices.sort_unstable();
    match fleet.slices.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(Apart::Twice { slice: pair[0], workers: fleet.workers }),
        None => Ok(fleet),
    }
}

/// On the clock of the earliest worker.
fn shifted(mut report: Figures, start: u64) -> Figures {
    let later = report.started_at - start;
    report.started_at = start;
    report.seconds += later as f64;
    for sample in &mut report.timeline {
        sample.at = sample.at.saturating_add(later);
    }
    report
}

fn merge(mut one: Figures, other: Figures) -> Figures {
    one.seconds = one.seconds.max(other.seconds);
    let (devices, more) = (&mut one.devices, other.devices);
    add(&mut devices.total, more.total);
    add(&mut devices.off, more.off);
    add(&mut devices.connected, more.connected);
    add(&mut devices.connected_at_end, more.connected_at_end);
    add(&mut devices.reconnects, more.reconnects);
    for (firmware, count) in more.by_firmware {
        add(devices.by_firmware.entry(firmware).or_default(), count);
    }
    let (messages, more) = (&mut one.messages, other.messages);
    add(&mut messages.published, more.published);
    add(&mut messages.acknowledged, more.acknowledged);
    messages.delivered = messages.delivered.zip(more.delivered).map(|(one, other)| Delivered {
        observed: one.observed.saturating_add(other.observed),
        lost: one.lost.saturating_add(other.lost),
        duplicated: one.duplicated.saturating_add(other.duplicated),
    });
    for (failure, count) in other.failures {
        add(one.failures.entry(failure).or_default(), count);
    }
    for phase in other.phases {
        match one.phases.iter_mut().find(|known| known.step == phase.step) {
            Some(known) => known.took.merge(&phase.took),
            None => one.phases.push(phase),
        }
    }
    one.timeline = overlaid(one.timeline, other.timeline);
    // Each worker saw the whole broker: their figures are no sum.
    one.sys = None;
    one.not_judged.extend(other.not_judged);
    one.broken.extend(other.broken);
    one
}

/// Second by second.
fn overlaid(one: Vec<Sample>, other: Vec<Sample>) -> Vec<Sample> {
    let mut seconds: BTreeMap<u64, Sample> = BTreeMap::new();
    for sample in one.into_iter().chain(other) {
        match seconds.entry(sample.at) {
            Entry::Vacant(vacant) => {
                vacant.insert(sample);
            }
            Entry::Occupied(occupied) => {
                let known = occupied.into_mut();
                add(&mut known.connected, sample.connected);
                add(&mut known.connects, sample.connects);
                known.acknowledged.merge(&sample.acknowledged);
            }
        }
    }
    seconds.into_values().collect()
}

/// A report is what somebody wrote: no count in it may be more than there is room for.
fn add(sum: &mut u64, count: u64) {
    *sum = sum.saturating_add(count);
}
