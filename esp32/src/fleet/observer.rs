use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::Notify;

use super::Identity;
use super::watch::Watch;
use crate::client::Event;
use crate::device::{Application, Command};
use crate::mqtt::QoS;
use crate::plantops::Telemetry;

/// Reads what the fleet publishes, and counts what is missing or comes twice.
pub(super) struct Observer {
    watch: Arc<Watch>,
    /// Told once the subscriptions are granted.
    ready: Arc<Notify>,
    /// By device id.
    devices: HashMap<Box<str>, Sequence>,
}

/// The sequence numbers of one device.
#[derive(Default)]
struct Sequence {
    /// The number after the highest that came.
    next: u64,
    /// Numbers below `next` that have not come: as ranges, for anybody on the broker can name a number of billions.
    missing: Vec<Range<u64>>,
}

/// What a number means.
#[derive(Debug, PartialEq, Eq)]
enum Number {
    Again,
    Late,
    /// So many before it have not come.
    New(u64),
}

impl Sequence {
    fn take(&mut self, number: u32) -> Number {
        let number = u64::from(number);
        if number >= self.next {
            let gap = self.next..number;
            let missed = number - self.next;
            self.missing.extend((!gap.is_empty()).then_some(gap));
            self.next = number + 1;
            return Number::New(missed);
        }
        let Some(index) = self.missing.iter().position(|missing| missing.contains(&number)) else {
            return Number::Again;
        };
        let missing = self.missing.swap_remove(index);
        let left = [missing.start..number, number + 1..missing.end];
        self.missing.extend(left.into_iter().filter(|range| !range.is_empty()));
        Number::Late
    }
}

impl Observer {
    pub(super) fn new(watch: Arc<Watch>, ready: Arc<Notify>, devices: &[Identity]) -> Self {
        let devices = devices.iter().map(|device| (device.id.as_str().into(), Sequence::default())).collect();
        Self { watch, ready, devices }
    }

    fn telemetry(&mut self, id: &str, telemetry: &Telemetry) {
        let measured = UNIX_EPOCH + Duration::from_micros(telemetry.time_us);
        let took = SystemTime::now().duration_since(measured).ok();
        // Another fleet's, or another worker's.
        let Some(sequence) = self.devices.get_mut(id) else { return };
        match sequence.take(telemetry.sequence) {
            Number::Again => self.watch.observed(0, 1, None),
            Number::Late => self.watch.found_again(),
            Number::New(missed) => self.watch.observed(missed, 0, took),
        }
    }
}

impl Application for Observer {
    fn on_event(&mut self, _now: Duration, event: &Event<'_>, commands: &mut Vec<Command>) {
        match event {
            Event::Connected { .. } => {
                // With QoS 1 the broker would keep 1,000 messages for the observer (`max_queued_messages`) and drop the
                // rest, while it shakes hands with a herd: a loss of the observer's, not of a device's.
                for (filter, qos) in
                    [("plantops/+/status", QoS::AtLeastOnce), ("plantops/+/telemetry", QoS::AtMostOnce)]
                {
                    commands.push(Command::Subscribe { filter: filter.to_owned(), qos });
                }
            }
            Event::Subscribed { codes, .. } if *codes == [0] => self.ready.notify_one(),
            // What was retained is of an earlier run.
            Event::Data(data) if !data.retain => {
                let mut levels = data.topic.split('/').skip(1);
                match (levels.next(), levels.next()) {
                    (Some(id), Some("telemetry")) => {
                        if let Ok(telemetry) = serde_json::from_slice(data.data) {
                            self.telemetry(id, &telemetry);
                        }
                    }
                    (Some(id), Some("status"))
                        if data.data == b"offline" && self.devices.contains_key(id) =>
                    {
                        self.watch.will();
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Number, Sequence};

    #[test]
    fn a_gap_a_late_number_and_a_second_one_are_told_apart() {
        let mut sequence = Sequence::default();
        let seen: Vec<Number> =
            [0, 3, 1, 1, 4, 2, 3].into_iter().map(|number| sequence.take(number)).collect();
        let expected = [
            Number::New(0),
            Number::New(2),
            Number::Late,
            Number::Again,
            Number::New(0),
            Number::Late,
            Number::Again,
        ];
        assert_eq!(seen, expected);
    }

    /// Anybody who may publish can say so.
    #[test]
    fn the_highest_number_there_is_takes_no_memory() {
        let mut sequence = Sequence::default();
        assert_eq!(sequence.take(u32::MAX), Number::New(u64::from(u32::MAX)));
        assert_eq!(sequence.take(u32::MAX), Number::Again);
        assert_eq!(sequence.take(7), Number::Late);
        assert_eq!(sequence.take(7), Number::Again);
        assert_eq!(sequence.missing.len(), 2);
    }
}
