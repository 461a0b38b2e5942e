use std::str::FromStr;

use mosquitto_fixtures::broker::OptionFault;

/// One more line of `mosquitto.conf`.
#[derive(Debug, Clone)]
pub(crate) struct Setting {
    pub(crate) key: String,
    pub(crate) value: String,
}

impl FromStr for Setting {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (key, value) = text.split_once(' ').unwrap_or((text, ""));
        OptionFault::check(key, value).map_err(|fault| fault.to_string())?;
        let value = value.trim();
        if value.is_empty() {
            return Err("a key and a value are expected, as in 'max_inflight_messages 1'".to_owned());
        }
        Ok(Self { key: key.to_owned(), value: value.to_owned() })
    }
}
