use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::Error;

/// What the program has open beside its devices.
const OWN: u64 = 64;

/// `net.ipv4.ip_local_port_range` where it cannot be read.
const PORTS: usize = 28_232;

/// Raises this process's soft limit of file descriptors as far as so many connections need.
pub fn allow_files(connections: usize) -> Result<(), Error> {
    let needed = u64::try_from(connections).unwrap_or(u64::MAX).saturating_add(OWN);
    let limit = getrlimit(Resource::Nofile);
    if limit.current.is_none_or(|soft| soft >= needed) {
        return Ok(());
    }
    let hard_limit = limit.maximum.unwrap_or(u64::MAX);
    let raised = Rlimit { current: Some(needed), maximum: limit.maximum };
    if needed > hard_limit || setrlimit(Resource::Nofile, raised).is_err() {
        return Err(Error::FileDescriptors { needed, hard_limit });
    }
    Ok(())
}

/// `addresses` is at least 1: that of this computer.
pub(super) fn check_ports(devices: usize, addresses: usize) -> Result<(), Error> {
    let ports = ports();
    let needed = devices.div_ceil(ports);
    if needed > addresses {
        return Err(Error::Ports { devices, needed, addresses, ports });
    }
    Ok(())
}

fn ports() -> usize {
    let range = std::fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range").unwrap_or_default();
    let mut ends = range.split_whitespace().filter_map(|end| end.parse::<usize>().ok());
    match (ends.next(), ends.next()) {
        (Some(first), Some(last)) if last >= first => last - first + 1,
        _ => PORTS,
    }
}
