//! `mosquitto-fixtures`: makes throwaway certificates, judges a deployment on the real broker, and lends
//! isolated brokers to any test suite.
//!
//! Exit status of every command: 0 all well; 1 the deployment broke a promise; 2 it could not be judged.

mod certs;
mod down;
mod error;
mod junit;
mod text;
mod up;
mod verify;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Does the broker we deploy do what we think it does?
///
/// Exit status: 0 all well; 1 the deployment broke a promise; 2 it could not be judged, with one line that says
/// what to do.
#[derive(Debug, Parser)]
#[command(name = "mosquitto-fixtures", version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Certs(certs::Arguments),
    Verify(verify::Arguments),
    Up(up::Arguments),
    Down(down::Arguments),
}

#[tokio::main]
async fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Certs(arguments) => certs::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments).await,
        Command::Up(arguments) => up::run(&arguments).await,
        Command::Down(arguments) => down::run(&arguments).await,
    };
    outcome.unwrap_or_else(|error| {
        anstream::eprintln!("mosquitto-fixtures: {error}");
        ExitCode::from(2)
    })
}
