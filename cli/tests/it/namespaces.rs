//! A sweep that sees little of the machine, or of which the machine sees little, removes nothing that lives.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use rstest::rstest;
use rustix::process::{Pid, Signal, kill_process};

use crate::engine::{containers, mosquitto_fixtures, wait_until};

/// How a command sees the machine: a shell's words before it.
#[derive(Debug, Clone, Copy)]
enum View {
    /// A PID namespace of its own.
    OwnProcesses,
    /// The same, and /proc shows nobody the processes of others.
    HiddenProcesses,
    /// There is nothing in /proc.
    NoProc,
    /// The clock since boot shows more, and with it the start of every process.
    LaterBoot,
}

impl View {
    /// `None` where this user may not make it.
    fn command(self) -> Option<Command> {
        let (options, script): (&[&str], &str) = match self {
            Self::OwnProcesses => (&["--pid", "--fork", "--mount-proc", "--kill-child"], "exec \"$@\""),
            Self::HiddenProcesses => (
                &["--mount", "--pid", "--fork", "--kill-child"],
                "mount -t proc -o hidepid=2 proc /proc && exec \"$@\"",
            ),
            Self::NoProc => (&["--mount"], "mount -t tmpfs none /proc && exec \"$@\""),
            Self::LaterBoot => {
                (&["--time", "--boottime", "1000000", "--fork", "--kill-child"], "exec \"$@\"")
            }
        };
        let command = |program: &[&str]| {
            let mut command = Command::new("unshare");
            if !rustix::process::geteuid().is_root() {
                command.args(["--user", "--map-root-user"]);
            }
            command.args(options).args(["sh", "-c", script, "sh"]).args(program);
            command
        };
        if command(&["true"]).output().is_ok_and(|output| output.status.success()) {
            return Some(command(&[env!("CARGO_BIN_EXE_mosquitto-fixtures")]));
        }
        eprintln!("this machine does not let this user have {self:?}: nothing to see");
        None
    }
}

/// Ended with the test.
struct Up(Child, String);

impl Up {
    /// Starts a broker in the foreground, and says which container it runs in.
    fn start(mut command: Command) -> Self {
        let mut child = command.args(["up", "--format", "env"]).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let id = lines.find_map(|line| line.strip_prefix("MOSQUITTO_FIXTURES_ID=").map(str::to_owned));
        Self(child, id.unwrap())
    }

    fn lives(&self) -> bool {
        !containers_named(&self.1).is_empty()
    }

    fn send(&mut self, signal: Signal) {
        kill_process(Pid::from_child(&self.0), signal).unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn containers_named(id: &str) -> Vec<String> {
    containers("mosquitto-fixtures.owner-pid").into_iter().filter(|known| known == id).collect()
}

/// Every start sweeps.
fn start_another(mut command: Command) {
    let output = command.args(["up", "--detach", "--format", "env"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let id = text.lines().find_map(|line| line.strip_prefix("MOSQUITTO_FIXTURES_ID=")).unwrap();
    assert!(!containers_named(id).is_empty());
    assert!(mosquitto_fixtures().args(["down", id]).status().unwrap().success());
}

#[rstest]
fn a_living_broker_is_left_alone(
    #[values(View::OwnProcesses, View::HiddenProcesses, View::NoProc, View::LaterBoot)] view: View,
) {
    let (Some(within), Some(beside)) = (view.command(), view.command()) else { return };
    let (outside, inside) = (Up::start(mosquitto_fixtures()), Up::start(within));
    start_another(beside);
    start_another(mosquitto_fixtures());
    assert!(outside.lives() && inside.lives(), "{} {}", outside.lives(), inside.lives());
}

/// The watcher dies with all others, and the lock on the folder with them.
#[test]
fn what_a_namespace_leaves_that_is_killed_whole_goes_with_the_next_start() {
    let Some(within) = View::OwnProcesses.command() else { return };
    let mut inside = Up::start(within);
    inside.send(Signal::KILL);
    assert!(inside.lives());
    wait_until(|| {
        start_another(mosquitto_fixtures());
        !inside.lives()
    });
}
