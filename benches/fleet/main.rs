//! Simulated devices against clients of rumqttc: the same broker, the same TLS, a process each. Ratios within one run,
//! nothing asserted.

#![allow(clippy::expect_used, reason = "what a benchmark cannot do ends it")]

mod clients;
mod measured;
mod plantops;
mod process;
mod rumqttc;
mod simulator;
mod steps;
mod target;

use std::time::Duration;

use clients::Clients;
use measured::{Measured, median};
use process::Process;
use target::Target;

/// Devices that the two are compared with.
const DEVICES: usize = 2_000;

/// Of these, how many connect at the same time: with more than its backlog of 100 the broker waits for SYNs that are sent
/// again after a second, and not for its processor.
const CONNECTING: usize = 96;

/// Devices that are switched on within [`RAMP`].
const HERD: usize = 10_000;

const RAMP: Duration = Duration::from_secs(8);

/// Messages of QoS 1 of each device.
const MESSAGES: u32 = 100;

/// Of these, how many wait for their acknowledgement.
const WINDOW: u16 = 10;

/// About a measurement of a sensor.
const PAYLOAD: [u8; 100] = [b'5'; 100];

const ROUNDS: usize = 9;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.split_first().and_then(|(first, rest)| Some((Clients::named(first)?, rest))) {
        Some((clients, target)) => clients.run(&Target::of(target)),
        None => compare(),
    }
}

fn compare() {
    let (broker, _folder, target) = target::start();
    println!(
        "{} at {}, TLS 1.2, {DEVICES} devices, median of {ROUNDS} rounds\n",
        broker.image(),
        target.address
    );
    let mut simulator = Vec::new();
    let mut rumqttc = Vec::new();
    for _ in 0..ROUNDS {
        simulator.push(Process::start(Clients::Simulator, &target, DEVICES).measure());
        rumqttc.push(Process::start(Clients::Rumqttc, &target, DEVICES).measure());
    }
    println!("{:<44} {:>9} {:>9} {:>7}", "", "simulator", "rumqttc", "ratio");
    let row = |name: &str, decimals: usize, of: fn(&Measured) -> f64| {
        let (ours, theirs) = (median(simulator.iter().map(of)), median(rumqttc.iter().map(of)));
        println!("{name:<44} {ours:>9.decimals$} {theirs:>9.decimals$} {:>7.2}", ours / theirs);
    };
    row("resident per connected device (KiB)", 2, |measured| measured.resident / 1024.0);
    row("connects (1/s)", 0, |measured| measured.devices / measured.connecting.seconds);
    row("  cores that the broker kept busy", 2, |measured| measured.connecting.broker);
    row("  cores that the clients kept busy", 2, |measured| measured.connecting.clients);
    row("QoS 1 publishes acknowledged (1/s)", 0, |measured| {
        measured.devices * f64::from(MESSAGES) / measured.publishing.seconds
    });
    row("  cores that the broker kept busy", 2, |measured| measured.publishing.broker);
    row("  cores that the clients kept busy", 2, |measured| measured.publishing.clients);
    let (herd, resident) = Process::start(Clients::PlantOps, &target, HERD).connect();
    println!(
        "\n{HERD} PlantOps sensors switched on within {RAMP:?}: connected after {:.1} s, {:.2} KiB each;\n\
         meanwhile {:.2} cores were busy with the broker and {:.2} with the sensors",
        herd.seconds,
        resident / 1024.0,
        herd.broker,
        herd.clients
    );
}
