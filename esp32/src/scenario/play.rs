use std::collections::{BTreeMap, VecDeque};
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use super::actor::Actor;
use super::means::Means;
use super::part::Part;
use super::record::Record;
use super::{Action, Fate, Outcome, PlannedStep, PlayError, Trace};

/// A scenario that is being played. Dropped, its devices are gone without a word: the broker sends the wills.
#[must_use = "a play that is dropped is over"]
pub struct Play {
    seed: u64,
    means: Means,
    actors: JoinSet<(usize, Result<Fate, PlayError>)>,
    records: Vec<Arc<Record>>,
    asked: Vec<mpsc::UnboundedSender<Action>>,
    stop: watch::Sender<()>,
}

impl Play {
    /// One list of steps for each part.
    pub(super) fn begin(
        parts: Vec<Part>,
        steps: Vec<VecDeque<PlannedStep>>,
        means: Means,
        seed: u64,
        duration: Duration,
    ) -> Result<Self, PlayError> {
        let flashes: Vec<_> = parts.iter().map(Part::flash).collect::<Result<_, _>>()?;
        let (stop, stopped) = watch::channel(());
        let mut play =
            Self { seed, means, actors: JoinSet::new(), records: Vec::new(), asked: Vec::new(), stop };
        let started = Instant::now();
        for ((part, flash), steps) in parts.into_iter().zip(flashes).zip(steps) {
            let device = part.device;
            let record = Arc::new(Record::new(started, Trace::new(seed, device)));
            play.records.push(Arc::clone(&record));
            let (sender, asked) = mpsc::unbounded_channel();
            play.asked.push(sender);
            let played = Actor::new(part, flash, steps, seed, record).play(duration, asked, stopped.clone());
            play.actors.spawn(async move { (device, played.await) });
        }
        Ok(play)
    }

    /// What has become of each device so far.
    pub fn fates(&self) -> Vec<Fate> {
        self.records.iter().map(|record| record.snapshot()).collect()
    }

    /// Does to a device what is not planned, now. After its end, nothing.
    pub fn act(&self, device: usize, action: Action) -> Result<(), PlayError> {
        action.check(0)?;
        self.means.admit(&action)?;
        let asked = self.asked.get(device);
        let asked = asked.ok_or(PlayError::NoDevice { device, devices: self.asked.len() })?;
        let _ = asked.send(action);
        Ok(())
    }

    /// Waits for the end, which comes earlier when `stop` does. Devices with power say DISCONNECT.
    pub async fn outcome(mut self, stop: impl Future<Output = ()>) -> Result<Outcome, PlayError> {
        let mut fates = BTreeMap::new();
        let mut stop = pin!(stop);
        let mut stopped = false;
        loop {
            tokio::select! {
                () = &mut stop, if !stopped => {
                    stopped = true;
                    self.stop.send_replace(());
                }
                ended = self.actors.join_next() => match ended {
                    None => break,
                    Some(Ok((device, fate))) => drop(fates.insert(device, fate?)),
                    // A device that is missing in the outcome would look like none.
                    Some(Err(error)) => if let Ok(panic) = error.try_into_panic() {
                        std::panic::resume_unwind(panic);
                    },
                },
            }
        }
        Ok(Outcome { seed: self.seed, fates: fates.into_values().collect() })
    }
}
