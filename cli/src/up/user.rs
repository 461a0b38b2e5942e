use std::collections::HashMap;
use std::str::FromStr;

use mosquitto_fixtures::broker::Broker;
use mosquitto_fixtures::client::Transport;
use mosquitto_fixtures::pki::Password;

use crate::error::Error;

/// What the variables with the password of each user start with.
const PREFIX: &str = "MQTT_PASSWORD_";

/// A user that was asked for: `NAME` or `NAME:PASSWORD`.
#[derive(Debug, Clone)]
pub(crate) struct User {
    pub(crate) name: String,
    pub(crate) password: Password,
}

impl FromStr for User {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.contains(char::is_control) {
            return Err("a name or password of one line is expected");
        }
        let (name, password) = match text.split_once(':') {
            Some((_, "")) => return Err("the password is empty: leave the colon out for a random one"),
            Some((name, password)) => (name, Password::from(password)),
            None => (text, Password::random()),
        };
        if name.is_empty() {
            return Err("a name is expected before the colon");
        }
        Ok(Self { name: name.to_owned(), password })
    }
}

impl User {
    /// Whether each of them can have a variable of its own.
    pub(crate) fn check(users: &[Self]) -> Result<(), Error> {
        let mut known = HashMap::new();
        for User { name, .. } in users {
            let variable = variable(name);
            if let Some(first) = known.insert(variable.clone(), name) {
                return Err(Error::SameVariable { first: first.clone(), second: name.clone(), variable });
            }
        }
        Ok(())
    }
}

/// All that a program needs to find the broker and to log in: as the first user, or as any of them.
pub(crate) fn environment(broker: &Broker) -> Result<Vec<(String, String)>, Error> {
    let mut environment = broker.environment(broker.endpoint(Transport::Tls).is_ok())?;
    let passwords = broker.users().iter();
    environment.extend(passwords.map(|(name, password)| (variable(name), password.reveal().to_owned())));
    Ok(environment)
}

/// Whether a variable speaks of a broker, and so must not be handed on to whoever has another one.
pub(crate) fn is_of_a_broker(variable: &str) -> bool {
    Broker::VARIABLES.contains(&variable) || variable.starts_with(PREFIX)
}

/// `MQTT_PASSWORD_SENSOR_1` of `sensor-1`.
fn variable(name: &str) -> String {
    let letter =
        |letter: char| if letter.is_ascii_alphanumeric() { letter.to_ascii_uppercase() } else { '_' };
    name.chars().map(letter).fold(PREFIX.to_owned(), |mut variable, letter| {
        variable.push(letter);
        variable
    })
}
