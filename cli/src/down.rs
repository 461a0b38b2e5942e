use std::io::Write;
use std::process::ExitCode;

use mosquitto_fixtures::broker::{remove_detached, sweep};

use crate::error::Error;

/// End a broker that `up --detach` started, or all that nobody answers for any more
///
/// Only containers, networks, volumes and folders are touched that carry our labels and are this user's, and none whose
/// process lives. A broker that is gone already is no error.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Arguments {
    /// Container that `up --detach` named
    id: Option<String>,
    /// All brokers of `up --detach` that this user started here, and what killed processes left behind
    #[arg(long)]
    all: bool,
}

pub(crate) async fn run(arguments: &Arguments) -> Result<ExitCode, Error> {
    if let Some(id) = &arguments.id {
        if !remove_detached(id).await? {
            anstream::eprintln!("mosquitto-fixtures: there is no container {id}: nothing to end");
        }
        return Ok(ExitCode::SUCCESS);
    }
    let swept = sweep(arguments.all).await?;
    writeln!(
        anstream::stdout(),
        "removed: {} containers, {} networks, {} volumes, {} folders",
        swept.containers,
        swept.networks,
        swept.volumes,
        swept.folders,
    )?;
    Ok(ExitCode::SUCCESS)
}
