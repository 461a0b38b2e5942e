use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::{Path, PathBuf};

use mosquitto_fixtures::foreign::{self, Kind};

use super::Error;
use super::figures::{Figures, Sample};

/// Puts the reports of several workers together; a file may hold one or, like a log of all workers, several.
pub(crate) fn read(files: &[PathBuf]) -> Result<Figures, Error> {
    let reports: Vec<Vec<Figures>> = files.iter().map(|file| read_file(file)).collect::<Result<_, _>>()?;
    let reports = reports.concat();
    let start = reports.iter().map(|report| report.started_at).min().unwrap_or(0);
    let merged = reports.into_iter().map(|report| shifted(report, start)).reduce(merge);
    Ok(merged.unwrap_or_default())
}

fn read_file(file: &Path) -> Result<Vec<Figures>, Error> {
    let path = || file.to_owned();
    let text = foreign::read_text(file, Kind::Report)?;
    if text.trim().is_empty() {
        return Err(Error::Empty { path: path() });
    }
    let reports = serde_json::Deserializer::from_str(&text).into_iter();
    reports.collect::<Result<_, _>>().map_err(|source| Error::NoReport { path: path(), source })
}

/// On the clock of the earliest worker.
fn shifted(mut report: Figures, start: u64) -> Figures {
    let later = report.started_at - start;
    report.started_at = start;
    report.seconds += later as f64;
    for sample in &mut report.timeline {
        sample.at += later;
    }
    report
}

fn merge(mut one: Figures, other: Figures) -> Figures {
    one.seconds = one.seconds.max(other.seconds);
    let (devices, more) = (&mut one.devices, other.devices);
    devices.total += more.total;
    devices.connected += more.connected;
    devices.connected_at_end += more.connected_at_end;
    devices.reconnects += more.reconnects;
    for (firmware, count) in more.by_firmware {
        *devices.by_firmware.entry(firmware).or_default() += count;
    }
    let (messages, more) = (&mut one.messages, other.messages);
    messages.published += more.published;
    messages.acknowledged += more.acknowledged;
    messages.observed = messages.observed.zip(more.observed).map(|(one, other)| one + other);
    messages.lost += more.lost;
    messages.duplicated += more.duplicated;
    for (failure, count) in other.failures {
        *one.failures.entry(failure).or_default() += count;
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
                known.connected += sample.connected;
                known.connects += sample.connects;
                known.acknowledged.merge(&sample.acknowledged);
            }
        }
    }
    seconds.into_values().collect()
}
