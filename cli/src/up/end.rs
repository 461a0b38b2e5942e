use std::io::{Read, stdin};

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::error::Error;

/// How a broker in the foreground is told to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// By Ctrl-C, which a terminal sends to every process in it.
    Interrupted,
    /// By SIGTERM, by a terminal that has gone, or by the end of standard input.
    Asked,
}

/// What ends a broker in the foreground.
pub(crate) struct End {
    interrupt: Signal,
    terminate: Signal,
    hangup: Signal,
    /// `None` when standard input does not count.
    stdin: Option<UnboundedReceiver<()>>,
}

impl End {
    /// From now on no signal ends this process by itself.
    pub(crate) fn new(until_eof: bool) -> Result<Self, Error> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
            stdin: until_eof.then(eof),
        })
    }

    pub(crate) fn reads_stdin(&self) -> bool {
        self.stdin.is_some()
    }

    pub(crate) async fn next(&mut self) -> Ending {
        tokio::select! {
            _ = self.interrupt.recv() => Ending::Interrupted,
            _ = self.terminate.recv() => Ending::Asked,
            _ = self.hangup.recv() => Ending::Asked,
            () = ended(&mut self.stdin) => Ending::Asked,
        }
    }
}

/// Reads standard input away, in a thread that nobody has to wait for: a runtime would.
fn eof() -> UnboundedReceiver<()> {
    let (sender, receiver) = unbounded_channel();
    std::thread::spawn(move || {
        let mut buffer = [0; 4096];
        while stdin().lock().read(&mut buffer).is_ok_and(|length| length > 0) {}
        let _ = sender.send(());
    });
    receiver
}

/// Says it once.
async fn ended(stdin: &mut Option<UnboundedReceiver<()>>) {
    match stdin {
        Some(receiver) => {
            receiver.recv().await;
            *stdin = None;
        }
        None => std::future::pending().await,
    }
}
