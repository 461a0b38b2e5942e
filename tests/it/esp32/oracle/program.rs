use std::process::{ExitStatus, Stdio};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};

use super::player::{Order, Said};

/// How a client that is a program of its own is told to take leave.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Leave {
    /// Its stdin ends.
    EndOfInput,
    Sigterm,
}

/// Runs it: a payload is a line on its stdin, and what it prints is understood line by line. Gives its exit status,
/// unless it was killed.
pub(super) async fn run(
    mut command: Command,
    leave: Leave,
    first: &str,
    mut orders: UnboundedReceiver<Order>,
    voice: &UnboundedSender<Said>,
    understand: impl Fn(&str) -> Option<Said>,
) -> Option<ExitStatus> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let mut input = child.stdin.take();
    write(&mut input, first).await;
    let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut errors = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut open = true;
    while open {
        let said = tokio::select! {
            line = output.next_line() => {
                let line = line.unwrap();
                open = line.is_some();
                line.and_then(|line| understand(&line))
            }
            Ok(Some(line)) = errors.next_line() => Some(Said::Complaint(line)),
            Some(order) = orders.recv() => {
                match order {
                    Order::CutOff => {
                        child.kill().await.unwrap();
                        return None;
                    }
                    Order::Leave if leave == Leave::EndOfInput => input = None,
                    Order::Leave => terminate(&child).await,
                    Order::Publish(payload) => write(&mut input, &format!("{payload}\n")).await,
                }
                None
            }
        };
        // Nobody may listen any more.
        let _ = said.map(|said| voice.send(said));
    }
    while let Ok(Some(line)) = errors.next_line().await {
        let _ = voice.send(Said::Complaint(line));
    }
    Some(child.wait().await.unwrap())
}

async fn write(input: &mut Option<ChildStdin>, text: &str) {
    // Who has ended does not read; that it has, is seen on its stdout.
    if let Some(input) = input {
        let _ = input.write_all(text.as_bytes()).await;
    }
}

async fn terminate(child: &Child) {
    let Some(id) = child.id() else { return };
    let status = Command::new("sh").args(["-c", "kill -TERM \"$1\"", "sh", &id.to_string()]).status().await;
    assert!(status.unwrap().success());
}
