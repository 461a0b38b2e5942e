//! `mosquitto-fixtures`: makes throwaway certificates, judges a deployment on the real broker, lends isolated brokers
//! to any test suite, and puts a broker under the load of simulated devices.
//!
//! Exit status of every command: 0 all well; 1 the deployment broke a promise; 2 it could not be judged.

mod certs;
mod down;
mod error;
mod esp32;
mod junit;
mod text;
mod up;
mod usage;
mod verify;

use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Parser, Subcommand};

const EXIT_STATUS: &str = "Exit status: 0 all well; 1 the deployment broke a promise; 2 it could not be judged, \
    with one line that says what to do";

/// Does the broker we deploy do what we think it does?
#[derive(Debug, Parser)]
#[command(name = "mosquitto-fixtures", version, arg_required_else_help = true, after_help = EXIT_STATUS)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    #[command(after_help = EXIT_STATUS)]
    Certs(certs::Arguments),
    #[command(after_help = EXIT_STATUS)]
    Verify(verify::Arguments),
    #[command(after_help = EXIT_STATUS)]
    Up(up::Arguments),
    #[command(after_help = EXIT_STATUS)]
    Down(down::Arguments),
    #[command(after_help = EXIT_STATUS)]
    Esp32(Box<esp32::Arguments>),
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) if is_help(&error) => error.exit(),
        Err(error) => return refuse(&usage::complaint(&error)),
    };
    let outcome = match arguments.command {
        Command::Certs(arguments) => certs::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments).await,
        Command::Up(arguments) => up::run(&arguments).await,
        Command::Down(arguments) => down::run(&arguments).await,
        Command::Esp32(arguments) => esp32::run(&arguments).await,
    };
    outcome.unwrap_or_else(|error| refuse(&error.to_string()))
}

fn refuse(complaint: &str) -> ExitCode {
    anstream::eprintln!("mosquitto-fixtures: {complaint}");
    ExitCode::from(2)
}

/// Help and version come as errors too.
fn is_help(error: &clap::Error) -> bool {
    !error.use_stderr() || error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
}
