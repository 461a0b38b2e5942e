use std::ffi::OsString;
use std::io::ErrorKind;
use std::os::unix::process::ExitStatusExt;
use std::process::{ExitStatus, Stdio};

use mosquitto_fixtures::broker::Broker;
use rustix::process::{Pid, Signal, kill_process};
use tokio::process::{Child, Command};

use super::end::{End, Ending};
use super::user::{environment, is_of_a_broker};
use crate::error::Error;

/// Runs a command that finds the broker in its environment, and gives its exit status as a shell does.
pub(crate) async fn run(broker: &Broker, words: &[OsString], mut end: End) -> Result<u8, Error> {
    let [program, arguments @ ..] = words else { return Ok(0) };
    let mut command = Command::new(program);
    command.args(arguments);
    let inherited = std::env::vars_os().map(|(name, _)| name);
    for name in inherited.filter(|name| name.to_str().is_some_and(is_of_a_broker)) {
        command.env_remove(name);
    }
    command.envs(environment(broker)?);
    command.env("MOSQUITTO_FIXTURES_ID", broker.container_id());
    if end.reads_stdin() {
        command.stdin(Stdio::null());
    }
    let mut child = command.spawn().map_err(|source| {
        let program = program.to_string_lossy().into_owned();
        match source.kind() {
            ErrorKind::NotFound => Error::CommandNotFound { program },
            _ => Error::Command { program, source },
        }
    })?;
    loop {
        tokio::select! {
            status = child.wait() => return Ok(code(status?)),
            ending = end.next() => if ending == Ending::Asked {
                terminate(&child);
            },
        }
    }
}

fn terminate(child: &Child) {
    let pid = child.id().and_then(|pid| Pid::from_raw(pid.cast_signed()));
    if let Some(pid) = pid {
        // It may have ended a moment ago.
        let _ = kill_process(pid, Signal::TERM);
    }
}

fn code(status: ExitStatus) -> u8 {
    let signal = status.signal().map(|signal| 128 + signal);
    status.code().or(signal).and_then(|code| u8::try_from(code).ok()).unwrap_or(u8::MAX)
}
