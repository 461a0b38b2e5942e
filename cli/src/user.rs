use std::io::{Read, Write, stdin};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use mosquitto_fixtures::deployment::{self, Deployment};
use mosquitto_fixtures::foreign::{self, Kind};
use mosquitto_fixtures::pki::Password;

use crate::error::Error;
use crate::help;

/// Change who is in the password file of a deployment
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    #[command(after_help = help::USER)]
    Add(Add),
}

/// Add a user to the password file of a deployment, or give an existing one a new password
///
/// Prints the random password, which nobody can find out later: the file holds its hash. Owner, mode and access list of
/// the file stay as they are, and so do its other lines. A broker that runs sees the new file when its container is created
/// anew.
#[derive(Debug, clap::Args)]
pub(crate) struct Add {
    /// Its name
    name: String,
    /// The folder with mosquitto/mosquitto.conf
    #[arg(long, value_name = "DIR", default_value = ".")]
    deployment: PathBuf,
    /// Read the password from standard input instead
    #[arg(long)]
    password_stdin: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Error> {
    let Command::Add(add) = &arguments.command;
    let deployment = Deployment::open(&add.deployment)?;
    deployment.password_file()?;
    let password = if add.password_stdin { given()? } else { Password::random() };
    let file = deployment.set_user(&add.name, &password)?;
    if !add.password_stdin {
        let stdout = &mut anstream::stdout().lock();
        writeln!(stdout, "{}", password.reveal())?;
        stdout.flush()?;
    }
    anstream::eprintln!(
        "{:?} is in {}: create the broker's container anew to let it in",
        add.name,
        file.display()
    );
    Ok(ExitCode::SUCCESS)
}

/// Of standard input. A password has 65535 bytes at most, and one with more is refused.
const MOST: u64 = 70_000;

/// What comes from standard input, without the line break at its end.
fn given() -> Result<Password, Error> {
    let origin = Path::new("standard input");
    let read = foreign::read_all(stdin().lock().take(MOST), origin, Kind::Passwords);
    let text = read.and_then(|content| foreign::text(content, origin)).map_err(deployment::Error::from)?;
    let line = text.strip_suffix('\n').unwrap_or(&text);
    Ok(Password::from(line.strip_suffix('\r').unwrap_or(line)))
}
