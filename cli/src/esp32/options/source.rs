use std::net::IpAddr;
use std::str::FromStr;

/// Where connections come from: an address of this machine, or a network of which every address is.
///
/// One address has about 28 000 free ports towards a broker (`net.ipv4.ip_local_port_range`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) address: IpAddr,
    pub(crate) prefix: u8,
}

impl FromStr for Source {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (address, prefix) = text.split_once('/').map_or((text, None), |(a, p)| (a, Some(p)));
        let address: IpAddr =
            address.parse().map_err(|_| "an IP address is meant: 10.0.0.7, 127.1.0.0/16")?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.map_or(Ok(longest), str::parse).map_err(|_| "a prefix is a number of bits")?;
        if prefix > longest {
            return Err("the prefix is longer than the address");
        }
        Ok(Self { address, prefix })
    }
}
