use std::str::FromStr;

/// Where a broker is, as a URL: `mqtts://HOST[:PORT]` or `mqtt://HOST[:PORT]` (`broker.address.uri`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// Whether TLS is spoken.
    pub tls: bool,
    /// A name, or an address without brackets.
    pub host: String,
    /// 8883 with TLS and 1883 without it, unless another is said.
    pub port: u16,
}

/// Why a URL is no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// A user or a password in it.
    #[error("user and password do not belong into the address")]
    Credentials,
    /// No host.
    #[error("a host name or an address is missing")]
    Host,
    /// A port out of range.
    #[error("a port is 1 to 65535")]
    Port,
    /// Something other than a port after an address in brackets.
    #[error("a port follows a colon")]
    Rest,
    /// No scheme, or another one.
    #[error("mqtts://HOST:PORT or mqtt://HOST:PORT is meant")]
    Scheme,
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (tls, rest) = match text.split_once("://") {
            Some(("mqtts", rest)) => (true, rest),
            Some(("mqtt", rest)) => (false, rest),
            _ => return Err(AddressError::Scheme),
        };
        if rest.contains('@') {
            return Err(AddressError::Credentials);
        }
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (host, port) = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((host, "")) => (host, None),
            Some((host, port)) => (host, Some(port.strip_prefix(':').ok_or(AddressError::Rest)?)),
            None => rest.split_once(':').map_or((rest, None), |(host, port)| (host, Some(port))),
        };
        if host.is_empty() || host.contains(['/', '?', '#', ' ', '[', ']']) {
            return Err(AddressError::Host);
        }
        let port = match port {
            Some(port) => port.parse().ok().filter(|port| *port != 0).ok_or(AddressError::Port)?,
            None if tls => 8883,
            None => 1883,
        };
        Ok(Self { tls, host: host.to_owned(), port })
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let scheme = if self.tls { "mqtts" } else { "mqtt" };
        let (open, close) = if self.host.contains(':') { ("[", "]") } else { ("", "") };
        write!(f, "{scheme}://{open}{}{close}:{}", self.host, self.port)
    }
}

impl From<Address> for super::Broker {
    fn from(address: Address) -> Self {
        let Address { tls, host: hostname, port } = address;
        Self { hostname, port: Some(port), tls, ..Self::default() }
    }
}
