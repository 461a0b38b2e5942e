use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// Where connections come from: an address of this machine, or a network of which every address is.
///
/// One address has about 28 000 free ports towards a broker (`net.ipv4.ip_local_port_range`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) address: IpAddr,
    pub(crate) prefix: u8,
}

/// As many as a fleet of a million needs.
const MOST: usize = 256;

impl Source {
    /// The addresses, at most 256: of a network with 4 or more, not its first and last, which stand for no host.
    pub(crate) fn addresses(self) -> Vec<IpAddr> {
        let (bits, width) = match self.address {
            IpAddr::V4(address) => (u128::from(address.to_bits()), 32),
            IpAddr::V6(address) => (address.to_bits(), 128),
        };
        let host_bits = width - u32::from(self.prefix);
        let count = 1_u128.checked_shl(host_bits).unwrap_or(u128::MAX);
        let hosts = if count >= 4 { 1..count - 1 } else { 0..count };
        let network = if host_bits == 0 { bits } else { bits & !(count - 1) };
        let is_v4 = self.address.is_ipv4();
        let address = |host| {
            let bits = network | host;
            if is_v4 {
                IpAddr::V4(Ipv4Addr::from_bits(bits as u32))
            } else {
                IpAddr::V6(Ipv6Addr::from_bits(bits))
            }
        };
        hosts.take(MOST).map(address).collect()
    }
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
