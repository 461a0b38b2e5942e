//! `mosquitto-fixtures`: makes throwaway certificates, judges a deployment on the real broker, lends isolated brokers
//! to any test suite, and puts a broker under the load of simulated devices.
//!
//! Exit status: 0 all well, and everything that was asked for was judged; 1 a promise was broken; 2 it could not be judged.

mod certs;
mod columns;
mod down;
mod error;
mod esp32;
mod help;
mod init;
mod junit;
mod live;
mod text;
mod time;
mod up;
mod usage;
mod user;
mod verify;

use std::io::Write;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Parser, Subcommand};
use error::Error;

/// Of the commands that judge something.
const EXIT_STATUS: &str = "Exit status: 0 all well, and everything that was asked for was judged; 1 a promise was broken; \
    2 it could not be judged, with one line that says what to do";

/// Of all others.
const EXIT_STATUS_WITHOUT_VERDICT: &str =
    "Exit status: 0 done; 2 it could not be done, with one line that says what to do";

/// Does the broker we deploy do what we think it does?
#[derive(Debug, Parser)]
#[command(name = "mosquitto-fixtures", version, arg_required_else_help = true, after_help = EXIT_STATUS)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    #[command(after_help = help::CERTS)]
    Certs(certs::Arguments),
    #[command(after_help = help::INIT)]
    Init(init::Arguments),
    #[command(after_help = help::VERIFY)]
    Verify(verify::Arguments),
    #[command(after_help = help::UP)]
    Up(up::Arguments),
    #[command(after_help = help::DOWN)]
    Down(down::Arguments),
    #[command(after_help = help::USER)]
    User(user::Arguments),
    #[command(after_help = help::ESP32)]
    Esp32(Box<esp32::Arguments>),
    #[command(after_help = help::SHELL)]
    Completions(help::Completions),
    /// Print the manual page, in roff
    #[command(after_help = help::SHELL)]
    Man,
}

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) if is_help(&error) => error.exit(),
        Err(error) => return refuse(&usage::complaint(&error)),
    };
    // Only now: help, and a wrong option, need no runtime.
    let outcome = tokio::runtime::Runtime::new().map_err(Error::from).and_then(|runtime| {
        runtime.block_on(async {
            match arguments.command {
                Command::Certs(arguments) => certs::run(&arguments),
                Command::Init(arguments) => init::run(&arguments),
                Command::Verify(arguments) => verify::run(&arguments).await,
                Command::Up(arguments) => up::run(&arguments).await,
                Command::Down(arguments) => down::run(&arguments).await,
                Command::User(arguments) => user::run(&arguments),
                Command::Esp32(arguments) => esp32::run(&arguments).await,
                Command::Completions(arguments) => help::completions(&arguments),
                Command::Man => help::man(),
            }
        })
    });
    outcome.unwrap_or_else(|error| refuse(&error.complaint()))
}

fn refuse(complaint: &str) -> ExitCode {
    // Where not even this can be written, the status has to say it.
    let _ = writeln!(anstream::stderr(), "mosquitto-fixtures: {complaint}");
    ExitCode::from(2)
}

/// Help and version come as errors too.
fn is_help(error: &clap::Error) -> bool {
    !error.use_stderr() || error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
}
