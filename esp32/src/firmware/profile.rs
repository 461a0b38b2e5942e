use toml::{Table, Value};

use super::FirmwareError;
use super::layer::Layer;
use crate::client::Config;
use crate::tls::Profile;

/// The firmware of a device, as far as a broker can tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Firmware {
    /// What it is called in figures.
    pub name: String,
    /// How its client is configured; who and where the broker is, and who the device is, is yet to be filled in.
    pub client: Config,
    /// How it does TLS.
    pub tls: Profile,
}

macro_rules! built_in {
    ($($name:literal),*) => {
        [$(($name, include_str!(concat!("profiles/", $name, ".toml")))),*]
    };
}

const BUILT_IN: [(&str, &str); 5] =
    built_in!["arduino-pubsubclient", "hardened", "idf-5.1", "idf-5.5", "idf-6.x"];

impl Firmware {
    /// What is built in.
    pub const NAMES: [&str; BUILT_IN.len()] = {
        let mut names = [""; BUILT_IN.len()];
        let mut index = 0;
        while index < names.len() {
            names[index] = BUILT_IN[index].0;
            index += 1;
        }
        names
    };

    /// A built-in one.
    pub fn named(name: &str) -> Result<Self, FirmwareError> {
        Self::from_toml(built_in(name)?)
    }

    /// One of one's own: a file as the module describes it.
    pub fn from_toml(text: &str) -> Result<Self, FirmwareError> {
        let layer: Layer = Value::Table(merged(text)?).try_into()?;
        let mut client = Config::default();
        layer.apply(&mut client);
        Ok(Self { name: layer.name, client, tls: layer.tls })
    }
}

fn built_in(name: &str) -> Result<&'static str, FirmwareError> {
    let found = BUILT_IN.iter().find(|(known, _)| *known == name);
    found.map(|(_, text)| *text).ok_or_else(|| FirmwareError::Unknown { name: name.to_owned() })
}

/// The file on top of what it starts from.
fn merged(text: &str) -> Result<Table, FirmwareError> {
    // Read for its own sake first: only the text still knows the lines.
    let layer: Layer = toml::from_str(text)?;
    let table: Table = toml::from_str(text)?;
    Ok(match layer.base {
        Some(base) => {
            let mut below = merged(built_in(&base)?)?;
            lay(&mut below, table);
            below
        }
        None => table,
    })
}

/// Lays `above` over `below`, table by table.
fn lay(below: &mut Table, above: Table) {
    for (key, value) in above {
        match (below.get_mut(&key), value) {
            (Some(Value::Table(below)), Value::Table(above)) => lay(below, above),
            (_, value) => {
                below.insert(key, value);
            }
        }
    }
}
