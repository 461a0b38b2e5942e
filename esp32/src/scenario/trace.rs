use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;

use super::Action;
use crate::client::{Data, Event};
use crate::device::{KeyPair, ResetReason};

/// The last things that happened to a device: what a test shows when it fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    seed: u64,
    device: usize,
    lines: VecDeque<(Duration, String)>,
    forgotten: usize,
}

impl Trace {
    /// How many it keeps.
    pub const KEPT: usize = 64;

    /// Empty.
    pub fn new(seed: u64, device: usize) -> Self {
        Self { seed, device, lines: VecDeque::new(), forgotten: 0 }
    }

    /// The client raised an event. Of a message, topic and lengths are kept.
    pub fn event(&mut self, now: Duration, event: &Event<'_>) {
        self.line(
            now,
            match event {
                Event::Data(Data { topic, data, total, offset, id, .. }) => {
                    let end = offset + data.len();
                    format!("Data {{ topic: {topic:?}, bytes: {offset}..{end} of {total}, id: {id} }}")
                }
                Event::Error(codes) => format!("Error: {codes}"),
                event => format!("{event:?}"),
            },
        );
    }

    /// Something was done to the device.
    pub fn action(&mut self, now: Duration, action: &Action) {
        self.line(now, format!("<- {action:?}"));
    }

    /// The firmware starts, with what stands in flash.
    pub fn boot(&mut self, now: Duration, reason: ResetReason, key_pair: KeyPair) {
        self.line(
            now,
            match key_pair {
                KeyPair::Absent => format!("Boot({reason:?})"),
                key_pair => format!("Boot({reason:?}), certificate and key: {key_pair:?}"),
            },
        );
    }

    /// The firmware is gone.
    pub fn down(&mut self, now: Duration) {
        self.line(now, "Down".to_owned());
    }

    /// What it keeps, without the times: for the same scenario, seed and answers of the broker, the same.
    pub fn events(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().map(|(_, line)| line.as_str())
    }

    fn line(&mut self, now: Duration, line: String) {
        if self.lines.len() == Self::KEPT {
            self.lines.pop_front();
            self.forgotten += 1;
        }
        self.lines.push_back((now, line));
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "device {} of seed {}", self.device, self.seed)?;
        if self.forgotten > 0 {
            writeln!(f, "  ({} earlier)", self.forgotten)?;
        }
        for (at, line) in &self.lines {
            writeln!(f, "  {:>10.3} s  {line}", at.as_secs_f64())?;
        }
        Ok(())
    }
}
