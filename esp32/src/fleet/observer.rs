use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::Notify;

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
    next: u32,
    /// Numbers below `next` that have not come.
    missing: Vec<u32>,
}

/// What a number means.
#[derive(Debug, PartialEq, Eq)]
enum Number {
    Again,
    Late,
    /// So many before it have not come.
    New(u32),
}

impl Sequence {
    fn take(&mut self, number: u32) -> Number {
        if number >= self.next {
            let gap = number - self.next;
            self.missing.extend(self.next..number);
            self.next = number + 1;
            return Number::New(gap);
        }
        match self.missing.iter().position(|missing| *missing == number) {
            Some(index) => {
                self.missing.swap_remove(index);
                Number::Late
            }
            None => Number::Again,
        }
    }
}

impl Observer {
    pub(super) fn new(watch: Arc<Watch>, ready: Arc<Notify>) -> Self {
        Self { watch, ready, devices: HashMap::new() }
    }

    fn telemetry(&mut self, id: &str, telemetry: &Telemetry) {
        let measured = UNIX_EPOCH + Duration::from_micros(telemetry.time_us);
        let took = SystemTime::now().duration_since(measured).ok();
        let sequence = match self.devices.get_mut(id) {
            Some(sequence) => sequence,
            None => self.devices.entry(id.into()).or_default(),
        };
        match sequence.take(telemetry.sequence) {
            Number::Again => self.watch.observed(0, 1, None),
            Number::Late => self.watch.found_again(),
            Number::New(gap) => self.watch.observed(gap.into(), 0, took),
        }
    }
}

impl Application for Observer {
    fn on_event(&mut self, _now: Duration, event: &Event<'_>, commands: &mut Vec<Command>) {
        match event {
            Event::Connected { .. } => {
                for filter in ["plantops/+/status", "plantops/+/telemetry"] {
                    commands.push(Command::Subscribe { filter: filter.to_owned(), qos: QoS::AtLeastOnce });
                }
            }
            Event::Subscribed { .. } => self.ready.notify_one(),
            // What was retained is of an earlier run.
            Event::Data(data) if !data.retain => {
                let mut levels = data.topic.split('/').skip(1);
                match (levels.next(), levels.next()) {
                    (Some(id), Some("telemetry")) => {
                        if let Ok(telemetry) = serde_json::from_slice(data.data) {
                            self.telemetry(id, &telemetry);
                        }
                    }
                    (_, Some("status")) if data.data == b"offline" => self.watch.will(),
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
}
