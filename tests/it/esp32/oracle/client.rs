/// Who plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Client {
    /// The simulated ESP32, its TLS by rustls.
    Esp32,
    /// The same, by Mbed TLS.
    Esp32Mbedtls,
    /// `mosquitto_pub` and `mosquitto_sub`.
    Mosquitto,
    /// Python's paho.
    Paho,
    Rumqttc,
}

impl Client {
    pub(super) const ALL: [Self; 5] =
        [Self::Esp32, Self::Esp32Mbedtls, Self::Mosquitto, Self::Paho, Self::Rumqttc];

    /// Its user name and its client identifier.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Esp32 => "esp32",
            Self::Esp32Mbedtls => "esp32-mbedtls",
            Self::Mosquitto => "mosquitto",
            Self::Paho => "paho",
            Self::Rumqttc => "rumqttc",
        }
    }

    pub(super) fn is_esp32(self) -> bool {
        matches!(self, Self::Esp32 | Self::Esp32Mbedtls)
    }

    /// One of its topics, or a filter of them.
    pub(super) fn topic(self, below: &str) -> String {
        format!("plantops/{}/{below}", self.name())
    }

    /// A message that was delivered to it or to a witness.
    pub(super) fn delivery(self, qos: u8, retain: bool, topic: &str, payload: &str) -> String {
        format!("q{qos} r{} {}: {payload}", u8::from(retain), self.below(topic))
    }

    /// What is left of a topic of its own.
    pub(super) fn below(self, topic: &str) -> &str {
        topic.strip_prefix(&self.topic("")).unwrap_or(topic)
    }
}
