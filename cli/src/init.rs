use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use mosquitto_fixtures::contract::describe;
use mosquitto_fixtures::promises::FILE;

use crate::error::Error;

/// Write down what a deployment promises, as it is: broker-contract.toml in its folder
///
/// Profiles, listeners, accounts with their rights and the names of the certificate are read from the deployment; what a folder
/// cannot tell stands in comments. Read every line before you trust it: the file says what is, and `verify` holds the deployment
/// to it from then on. Nothing else is written, and a file that is there is left alone.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The folder with mosquitto/mosquitto.conf, or with a Compose file that mounts one
    #[arg(long, value_name = "DIR", default_value = ".")]
    deployment: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Error> {
    let path = arguments.deployment.join(FILE);
    if path.symlink_metadata().is_ok() {
        return Err(Error::ContractThere { path });
    }
    let text = describe(&arguments.deployment)?;
    let written = File::create_new(&path).and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|source| Error::Unwritten { path: path.clone(), source })?;
    anstream::println!("{}: read every line, and then run `mosquitto-fixtures verify`", path.display());
    Ok(ExitCode::SUCCESS)
}
