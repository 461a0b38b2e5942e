use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clap::ValueEnum;
use mosquitto_fixtures::broker::Broker;
use mosquitto_fixtures::client::Transport;
use mosquitto_fixtures::deployment::Deployment;
use mosquitto_fixtures::pki::Password;
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};

use crate::error::Error;
use crate::time;

/// Start an isolated broker on free ports of 127.0.0.1, for any test suite
///
/// Without --deployment it has listeners for MQTT, MQTT over TLS and MQTT over WebSocket, and a user with a random
/// password who may do everything.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Run the configuration of this deployment
    #[arg(long, value_name = "DIR")]
    deployment: Option<PathBuf>,
    /// How to say where it is
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Return at once; `down` ends the broker
    #[arg(long)]
    detach: bool,
    /// How long a detached broker stays when no `down` ends it, at most 7d: after that, the next start or `down --all`
    /// removes it
    #[arg(long = "for", value_name = "TIME", value_parser = time::duration, default_value = "24h", requires = "detach")]
    stay: Duration,
}

impl Arguments {
    fn detached_for(&self) -> Option<Duration> {
        self.detach.then_some(self.stay)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For a person
    Text,
    /// One object: container, expires (seconds since 1970, of a detached broker), image, version, environment
    Json,
    /// NAME=value lines: MQTT_HOST, MQTT_PORT, MQTT_TLS_PORT, MQTT_CA_FILE, …, MOSQUITTO_FIXTURES_ID (for `down`) and
    /// MOSQUITTO_FIXTURES_EXPIRES (seconds since 1970, of a detached broker)
    Env,
}

pub(crate) async fn run(arguments: &Arguments) -> Result<ExitCode, Error> {
    let broker = start(arguments).await?;
    // Whoever reads what follows may send a signal at once.
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    say(&broker, arguments)?;
    if arguments.detach {
        broker.leave();
        return Ok(ExitCode::SUCCESS);
    }
    tokio::select! {
        _ = interrupted.recv() => {}
        _ = terminated.recv() => {}
    }
    drop(broker);
    Ok(ExitCode::SUCCESS)
}

async fn start(arguments: &Arguments) -> Result<Broker, Error> {
    let Some(folder) = &arguments.deployment else {
        let mut builder = Broker::builder().plain().tls().websocket().user("backend", Password::random());
        if let Some(time) = arguments.detached_for() {
            builder = builder.detached_for(time);
        }
        return Ok(builder.start().await?);
    };
    let deployment = Deployment::open(folder)?;
    let known = deployment.environment()?.value("MQTT_BACKEND_PASSWORD");
    let password = known.unwrap_or_else(Password::random);
    let mut builder = Broker::deployment(&deployment).user(deployment.backend_user()?, password);
    if !deployment.has_certificates() {
        builder = builder.throwaway_certificates();
    }
    if let Some(time) = arguments.detached_for() {
        builder = builder.detached_for(time);
    }
    Ok(builder.start().await?)
}

fn say(broker: &Broker, arguments: &Arguments) -> Result<(), Error> {
    let use_tls = broker.endpoint(Transport::Tls).is_ok();
    let environment = broker.environment(use_tls)?;
    let since_1970 = |time: SystemTime| time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let expires = broker.expires().map(since_1970);
    match arguments.format {
        Format::Env => {
            for (name, value) in environment {
                anstream::println!("{name}={value}");
            }
            anstream::println!("MOSQUITTO_FIXTURES_ID={}", broker.container_id());
            if let Some(expires) = expires {
                anstream::println!("MOSQUITTO_FIXTURES_EXPIRES={expires}");
            }
        }
        Format::Json => {
            let environment: serde_json::Map<String, serde_json::Value> =
                environment.into_iter().map(|(name, value)| (name, value.into())).collect();
            let mut object = json!({
                "container": broker.container_id(),
                "image": broker.image().to_string(),
                "version": broker.version(),
                "environment": environment,
            });
            if let Some(expires) = expires {
                object["expires"] = expires.into();
            }
            anstream::println!("{}", serde_json::to_string_pretty(&object)?);
        }
        Format::Text => {
            let id: String = broker.container_id().chars().take(12).collect();
            anstream::println!("broker {} on {}, container {id}", broker.version(), broker.image());
            for endpoint in broker.endpoints() {
                anstream::println!("  {:<22} {}", endpoint.transport.to_string(), endpoint.url());
            }
            if let Some(file) = broker.ca_file() {
                anstream::println!("  {:<22} {}", "trust anchor", file.display());
            }
            for (user, password) in broker.users() {
                anstream::println!("  {:<22} {user}, password {}", "user", password.reveal());
            }
            match arguments.detached_for() {
                Some(time) => anstream::println!(
                    "`mosquitto-fixtures down {id}` ends it; after {}, the next start does",
                    time::words(time)
                ),
                None => anstream::println!("Ctrl-C ends it"),
            }
        }
    }
    Ok(())
}
