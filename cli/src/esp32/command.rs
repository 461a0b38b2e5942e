use std::path::PathBuf;
use std::process::ExitCode;

use tokio::signal::unix::{SignalKind, signal};

use super::figures::Figures;
use super::options::{Command, Format, Options, Output};
use super::verdict::status;
use super::{drive, merge, scenario, text};
use crate::error::Error;

/// Run simulated ESP32s on a broker, and say whether every one connected and nothing was lost
///
/// Without --broker it starts the deployment's own broker in a container, with throwaway certificates and a random
/// password for every device.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    options: Options,
}

pub(crate) async fn run(arguments: &Arguments) -> Result<ExitCode, Error> {
    match &arguments.command {
        Some(Command::Merge { files, output }) => merged(files, output),
        None => {
            let options = &arguments.options;
            check(&options.output)?;
            let mut interrupted = signal(SignalKind::interrupt())?;
            let mut terminated = signal(SignalKind::terminate())?;
            let stop = async {
                tokio::select! {
                    _ = interrupted.recv() => {}
                    _ = terminated.recv() => {}
                }
            };
            match &options.scenario {
                Some(file) => scenario::run(file, options, stop).await,
                None => say(&drive::drive(options, stop).await?, &options.output),
            }
        }
    }
}

fn merged(files: &[PathBuf], output: &Output) -> Result<ExitCode, Error> {
    check(output)?;
    say(&merge::read(files)?, output)
}

/// Before a long run.
fn check(output: &Output) -> Result<(), Error> {
    output.report.as_ref().map_or(Ok(()), |report| Ok(report.check()?))
}

fn say(figures: &Figures, output: &Output) -> Result<ExitCode, Error> {
    if let Some(report) = &output.report {
        report.write(figures)?;
    }
    match output.format {
        Format::Text => text::print(figures),
        Format::Json => anstream::println!("{}", serde_json::to_string(figures)?),
    }
    Ok(status(&figures.broken, &figures.not_judged))
}
