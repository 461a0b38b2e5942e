//! Where the broker is, and how to log in.

use std::path::PathBuf;
use std::str::FromStr;

/// What the service has to know. It has no `Debug`, because it holds a password.
pub struct Settings {
    pub host: String,
    pub port: u16,
    /// The trust anchors; without them the connection is in clear.
    pub ca_file: Option<PathBuf>,
    pub user: String,
    pub password: String,
}

/// Which variable is at fault.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("{0} is not set")]
    Missing(&'static str),
    #[error("{name} is {value:?}, which is not {expected}")]
    Wrong { name: &'static str, value: String, expected: &'static str },
}

impl Settings {
    /// Reads the variables through `lookup`, so that a test can have its own ones.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let text = |name| lookup(name).filter(|value| !value.is_empty()).ok_or(Error::Missing(name));
        let use_tls = parse("MQTT_USE_TLS", text("MQTT_USE_TLS")?, "true or false")?;
        let port = if use_tls { "MQTT_TLS_PORT" } else { "MQTT_PORT" };
        Ok(Self {
            host: text("MQTT_HOST")?,
            port: parse(port, text(port)?, "a port")?,
            ca_file: if use_tls { Some(text("MQTT_CA_FILE")?.into()) } else { None },
            user: text("MQTT_BACKEND_USER")?,
            password: text("MQTT_BACKEND_PASSWORD")?,
        })
    }
}

fn parse<T: FromStr>(name: &'static str, value: String, expected: &'static str) -> Result<T, Error> {
    value.parse().map_err(|_| Error::Wrong { name, value, expected })
}
