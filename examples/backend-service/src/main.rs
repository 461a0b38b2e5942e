//! Runs the service with the settings of its environment, until it loses the broker.

use std::convert::Infallible;
use std::error::Error;
use std::process::ExitCode;

use backend_service::service::Service;
use backend_service::settings::Settings;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Err(error) = run().await;
    eprintln!("backend-service: {error}");
    ExitCode::FAILURE
}

async fn run() -> Result<Infallible, Box<dyn Error>> {
    let settings = Settings::read(|name| std::env::var(name).ok())?;
    Ok(Service::start(&settings).await?.run().await?)
}
