use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// Why there are no figures to judge. Ends in exit status 2.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(transparent)]
    Foreign(#[from] mosquitto_fixtures::foreign::Error),
    #[error("{} holds no PEM certificate: --ca takes the file of the authority, ca.crt", path.display())]
    NoCertificate { path: PathBuf },
    #[error(
        "{address}: an ESP32 connects to nothing that it cannot verify: --ca names the authority's certificate"
    )]
    NoTrustAnchor { address: String },
    #[error("the variable {variable}, which is to have the password, is not set")]
    NoPassword { variable: String },
    #[error("{cause}, or the file of one's own ends in .toml")]
    NoSuchFirmware { cause: String },
    #[error("{}: {cause}", path.display())]
    Firmware { path: PathBuf, cause: String },
    #[error("{}: {cause}", path.display())]
    Scenario { path: PathBuf, cause: String },
    #[error("the host {host} is not found ({source}): look at the name in --broker")]
    Resolve { host: String, source: io::Error },
    #[error("no link to the broker: {0}")]
    Link(#[from] mosquitto_fixtures::link::Error),
    #[error("no authority for the devices' certificates: {0}")]
    Authority(#[from] mosquitto_fixtures::pki::Error),
    #[error(transparent)]
    Fleet(#[from] esp32_sim::fleet::Error),
    #[error("--duration must be longer than the {boot:?} in which the devices are switched on")]
    TooShort { boot: Duration },
    #[error("--slice {slice} of {devices} devices has none")]
    EmptySlice { slice: String, devices: u32 },
    #[error("{} is empty: a worker that ended well leaves a report", path.display())]
    Empty { path: PathBuf },
    #[error("{} is no report of `mosquitto-fixtures esp32 --format json`: {source}", path.display())]
    NoReport { path: PathBuf, source: serde_json::Error },
    #[error("the reports do not belong together: {0}")]
    Apart(#[from] super::reports::Apart),
    #[error("{}: {source}", path.display())]
    Write { path: PathBuf, source: io::Error },
}
