use std::path::PathBuf;
use std::time::Duration;

use clap::ValueEnum;
use esp32_sim::client::{Address, AddressError};
use esp32_sim::mqtt::QoS;

use super::super::Error;
use super::super::figures::Fleet;
use super::super::report::ReportFile;
use super::{Share, Slice, Source};
use crate::time;

/// Unless another is said.
const DURATION: Duration = Duration::from_secs(30);

/// Another thing to do than to run devices.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Put the JSON reports of several workers together
    #[command(after_help = crate::EXIT_STATUS)]
    Merge {
        /// What `esp32 --format json` printed; - is standard input
        #[arg(value_name = "FILE", required = true)]
        files: Vec<PathBuf>,
        #[command(flatten)]
        output: Output,
    },
}

/// Where the figures go.
#[derive(Debug, clap::Args)]
pub(crate) struct Output {
    /// How to report
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    /// Write the curves (devices connected, connects a second, latency) to FILE.svg, or with the tables to FILE.html
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<ReportFile>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For a person
    Text,
    /// One object: broker, started_at, seconds, seed, fleet, devices, messages, failures, phases, timeline, sys, not_judged, broken
    Json,
}

/// When a device is switched on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Boot {
    /// All at once, as after a power failure
    Simultaneous,
    /// Spread at random over --ramp
    Jittered,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// A broker that runs: mqtts://HOST[:PORT] or mqtt://HOST[:PORT]
    #[arg(long, value_name = "URL", value_parser = address)]
    pub(crate) broker: Option<Address>,
    /// Trust anchor of the broker's certificate, PEM; needed for mqtts://
    #[arg(long, value_name = "FILE", requires = "broker")]
    pub(crate) ca: Option<PathBuf>,
    /// Without --broker: the folder whose broker is started
    #[arg(long, value_name = "DIR", default_value = ".", conflicts_with = "broker")]
    pub(crate) deployment: PathBuf,
    /// User name of a device; {id} is its id
    #[arg(long, value_name = "NAME", requires = "broker", requires = "password_env")]
    pub(crate) username: Option<String>,
    /// The environment variable with the password of every device; {id} in it is the device's id
    #[arg(long, value_name = "VARIABLE", requires = "username")]
    pub(crate) password_env: Option<String>,
    /// A user who may read plantops/# and $SYS/#, to find what was lost
    #[arg(
        long,
        value_name = "NAME",
        requires = "broker",
        requires = "observer_password_env",
        conflicts_with = "slice"
    )]
    pub(crate) observer: Option<String>,
    /// The environment variable with its password
    #[arg(long, value_name = "VARIABLE", requires = "observer")]
    pub(crate) observer_password_env: Option<String>,

    /// Play this TOML file instead: it says how many devices there are, what they run, and what happens to them
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = [
            "devices", "firmware", "slice", "source", "boot", "ramp", "rate", "observer", "report"
        ]
    )]
    pub(crate) scenario: Option<PathBuf>,
    /// How many devices
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) devices: u32,
    /// A firmware's name or its TOML file, with its share as in idf-5.5=3; can be given several times
    #[arg(long, value_name = "NAME|FILE[=WEIGHT]", default_value = "idf-5.5")]
    pub(crate) firmware: Vec<Share>,
    /// A device's id is this and its number
    #[arg(long, value_name = "TEXT", default_value = "esp32-", value_parser = id_prefix)]
    pub(crate) id_prefix: String,
    /// This worker's part of the devices: 1/4 to 4/4
    #[arg(long, value_name = "I/N", default_value_t = Slice::WHOLE)]
    pub(crate) slice: Slice,
    /// Connect from this address, or from the addresses of this network: 127.1.0.0/24
    #[arg(long, value_name = "ADDRESS[/PREFIX]")]
    pub(crate) source: Option<Source>,

    /// When the devices are switched on
    #[arg(long, value_enum, default_value_t = Boot::Jittered)]
    pub(crate) boot: Boot,
    /// Over how long, when jittered
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = time::duration)]
    pub(crate) ramp: Duration,
    /// One after another instead, so many a second
    #[arg(long, value_name = "N/s", value_parser = time::rate, conflicts_with_all = ["boot", "ramp"])]
    pub(crate) rate: Option<f64>,
    /// How long it runs [default: 30s; of a scenario, 30s past the end of all that it plans]
    #[arg(long, value_name = "TIME", value_parser = time::duration)]
    pub(crate) duration: Option<Duration>,
    /// From one telemetry message of a device to its next
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = time::duration)]
    pub(crate) interval: Duration,
    /// Quality of service of telemetry
    #[arg(long, value_name = "0|1|2", default_value_t = 1, value_parser = clap::value_parser!(u8).range(0..=2))]
    pub(crate) qos: u8,
    /// The same seed, the same devices, delays and firmware
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,

    #[command(flatten)]
    pub(crate) output: Output,
}

impl Options {
    /// Of this worker's devices.
    pub(crate) fn ids(&self) -> Vec<String> {
        self.numbers().map(|number| format!("{}{number}", self.id_prefix)).collect()
    }

    /// The same of all workers: together they are 0 to `devices` - 1.
    pub(crate) fn numbers(&self) -> std::ops::Range<u32> {
        self.slice.devices(self.devices)
    }

    /// Whose part these devices are.
    pub(crate) fn fleet(&self) -> Fleet {
        Fleet { devices: self.devices, workers: self.slice.of(), slices: vec![self.slice.number()] }
    }

    /// How long devices without a scenario run.
    pub(crate) fn duration(&self) -> Duration {
        self.duration.unwrap_or(DURATION)
    }

    /// Quality of service of telemetry.
    pub(crate) fn qos(&self) -> QoS {
        match self.qos {
            0 => QoS::AtMostOnce,
            1 => QoS::AtLeastOnce,
            _ => QoS::ExactlyOnce,
        }
    }

    /// From the first device's power-on to the last one's.
    pub(crate) fn booting(&self) -> Duration {
        match (self.rate, self.boot) {
            (Some(rate), _) => {
                Duration::try_from_secs_f64(f64::from(self.devices) / rate).unwrap_or(Duration::MAX)
            }
            (None, Boot::Jittered) => self.ramp,
            (None, Boot::Simultaneous) => Duration::ZERO,
        }
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.numbers().is_empty() {
            return Err(Error::EmptySlice { slice: self.slice.to_string(), devices: self.devices });
        }
        let boot = self.booting();
        if boot >= self.duration() { Err(Error::TooShort { boot }) } else { Ok(()) }
    }
}

fn address(text: &str) -> Result<Address, String> {
    text.parse().map_err(|error| match error {
        AddressError::Credentials => {
            "user and password have options of their own: --username, --password-env".to_owned()
        }
        error => error.to_string(),
    })
}

/// It becomes part of a user name, a topic and a client identifier.
fn id_prefix(text: &str) -> Result<String, &'static str> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || ['-', '_', '.'].contains(&c);
    if text.chars().all(allowed) && text.len() <= 32 {
        Ok(text.to_owned())
    } else {
        Err("at most 32 of a-z, A-Z, 0-9, -, _ and . are meant")
    }
}
