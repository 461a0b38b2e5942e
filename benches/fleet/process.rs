use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use super::clients::Clients;
use super::measured::{Measured, Moment, Phase, quiet, resident};
use super::steps::Step;
use super::target::Target;

/// A process full of clients. Dropped, it is gone.
pub(crate) struct Process {
    child: Child,
    says: BufReader<ChildStdout>,
    hears: ChildStdin,
    target: Target,
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
        quiet(self.target.broker, self.child.id());
    }
}

impl Process {
    pub(crate) fn start(clients: Clients, target: &Target, devices: usize) -> Self {
        let target = Target { devices, ..target.clone() };
        let mut command = Command::new(std::env::current_exe().expect("this program"));
        command.arg(clients.name()).args(target.arguments());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("a process");
        let says = BufReader::new(child.stdout.take().expect("a pipe"));
        let hears = child.stdin.take().expect("a pipe");
        let mut process = Self { child, says, hears, target };
        process.wait_for(Step::Ready);
        process
    }

    /// Connects all: how long that took, and bytes of memory of each.
    pub(crate) fn connect(&mut self) -> (Phase, f64) {
        let process = self.child.id();
        let empty = resident(process);
        let phase = self.step(Step::Connected);
        quiet(self.target.broker, process);
        (phase, (resident(process) - empty) / self.target.devices as f64)
    }

    pub(crate) fn measure(mut self) -> Measured {
        let (connecting, resident) = self.connect();
        let publishing = self.step(Step::Acknowledged);
        Measured { devices: self.target.devices as f64, resident, connecting, publishing }
    }

    /// Lets it go on until the next step.
    fn step(&mut self, step: Step) -> Phase {
        let begun = self.now();
        self.hears.write_all(b"\n").expect("a process that listens");
        self.wait_for(step);
        begun.until(&self.now())
    }

    fn wait_for(&mut self, step: Step) {
        let mut line = String::new();
        self.says.read_line(&mut line).expect("a process that speaks");
        assert_eq!(line.trim(), format!("{step:?}"));
    }

    fn now(&self) -> Moment {
        Moment::now(self.target.broker, self.child.id())
    }
}
