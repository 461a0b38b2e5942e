use std::io::Write;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clap::ValueEnum;
use mosquitto_fixtures::broker::Broker;
use serde_json::json;

use super::user::environment;
use crate::error::Error;
use crate::time;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For a person
    Text,
    /// One object: container, expires (seconds since 1970, of a detached broker), image, version, environment
    Json,
    /// NAME=value lines: MQTT_HOST, MQTT_PORT, MQTT_TLS_PORT, MQTT_CA_FILE, …, MQTT_PASSWORD_NAME of each user, MOSQUITTO_FIXTURES_ID (for `down`) and
    /// MOSQUITTO_FIXTURES_EXPIRES (seconds since 1970, of a detached broker)
    Env,
}

/// Says where the broker is, and how it is ended: a detached one stays this long.
pub(crate) fn say(broker: &Broker, format: Format, detached_for: Option<Duration>) -> Result<(), Error> {
    let environment = environment(broker)?;
    let since_1970 = |time: SystemTime| time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let expires = broker.expires().map(since_1970);
    let mut text = Vec::new();
    match format {
        Format::Env => {
            for (name, value) in environment {
                writeln!(text, "{name}={value}")?;
            }
            writeln!(text, "MOSQUITTO_FIXTURES_ID={}", broker.container_id())?;
            if let Some(expires) = expires {
                writeln!(text, "MOSQUITTO_FIXTURES_EXPIRES={expires}")?;
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
            writeln!(text, "{}", serde_json::to_string_pretty(&object)?)?;
        }
        Format::Text => {
            let id: String = broker.container_id().chars().take(12).collect();
            writeln!(text, "broker {} on {}, container {id}", broker.version(), broker.image())?;
            for endpoint in broker.endpoints() {
                writeln!(text, "  {:<22} {}", endpoint.transport.to_string(), endpoint.url())?;
            }
            if let Some(file) = broker.ca_file() {
                writeln!(text, "  {:<22} {}", "trust anchor", file.display())?;
            }
            for (user, password) in broker.users() {
                writeln!(text, "  {:<22} {user}, password {}", "user", password.reveal())?;
            }
            match detached_for {
                Some(time) => writeln!(
                    text,
                    "`mosquitto-fixtures down {id}` ends it; after {}, the next start does",
                    time::words(time)
                )?,
                None => writeln!(text, "Ctrl-C ends it")?,
            }
        }
    }
    // In one piece: whoever reads no more than a line may be gone after it.
    let mut out = std::io::stdout().lock();
    out.write_all(&text)?;
    Ok(out.flush()?)
}
