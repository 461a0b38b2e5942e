use std::time::{Duration, Instant};

/// What one process did.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measured {
    pub(crate) devices: f64,
    /// Bytes of memory of each device once it is connected.
    pub(crate) resident: f64,
    pub(crate) connecting: Phase,
    pub(crate) publishing: Phase,
}

/// How long it took, and how many cores were busy meanwhile.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Phase {
    pub(crate) seconds: f64,
    pub(crate) broker: f64,
    pub(crate) clients: f64,
}

/// What the kernel has counted of two processes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    at: Instant,
    broker: f64,
    clients: f64,
}

impl Moment {
    pub(crate) fn now(broker: u32, clients: u32) -> Self {
        Self { at: Instant::now(), broker: processor_seconds(broker), clients: processor_seconds(clients) }
    }

    pub(crate) fn until(&self, end: &Self) -> Phase {
        let seconds = (end.at - self.at).as_secs_f64();
        Phase {
            seconds,
            broker: (end.broker - self.broker) / seconds,
            clients: (end.clients - self.clients) / seconds,
        }
    }
}

/// Waits until neither has anything to do.
pub(crate) fn quiet(broker: u32, clients: u32) {
    loop {
        let before = [broker, clients].map(processor_seconds);
        std::thread::sleep(Duration::from_millis(200));
        if before == [broker, clients].map(processor_seconds) {
            return;
        }
    }
}

/// Bytes of memory that a process has (proc(5), statm).
pub(crate) fn resident(process: u32) -> f64 {
    let statm = std::fs::read_to_string(format!("/proc/{process}/statm")).expect("a process");
    let pages: usize = statm.split(' ').nth(1).expect("a second field").parse().expect("a number");
    (pages * rustix::param::page_size()) as f64
}

/// Time in user mode and in the kernel (proc(5), stat, fields 14 and 15).
fn processor_seconds(process: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // The name of the program, in parentheses, may have blanks.
    let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields);
    let ticks = fields.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<f64>().ok());
    ticks.sum::<f64>() / rustix::param::clock_ticks_per_second() as f64
}

pub(crate) fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
