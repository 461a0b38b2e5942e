/// Why a fleet does not start. Nothing has been connected then.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Each connection takes one.
    #[error(
        "{needed} file descriptors are needed and {hard_limit} allowed: raise the limit (ulimit -Hn {needed})"
    )]
    FileDescriptors {
        /// How many.
        needed: u64,
        /// `RLIMIT_NOFILE`, the hard limit.
        hard_limit: u64,
    },
    /// No device, or no firmware for it.
    #[error("a fleet needs at least one device and one firmware")]
    NoDevices,
    /// A source address has so many ports for one broker.
    #[error("{devices} devices need {needed} source addresses of {ports} ports each, and have {addresses}")]
    Ports {
        /// How many devices.
        devices: usize,
        /// How many addresses they need.
        needed: usize,
        /// How many there are.
        addresses: usize,
        /// `net.ipv4.ip_local_port_range`.
        ports: usize,
    },
    /// [`Boot::Paced`](super::Boot::Paced) with a rate that is not above 0.
    #[error("{per_second} devices a second never boot: a rate above 0 is wanted")]
    Rate {
        /// What was given.
        per_second: f64,
    },
    /// The observer needs one of its own.
    #[error("no thread for the observer: {source}")]
    Thread {
        /// What the system says.
        source: std::io::Error,
    },
}
