use std::path::{Path, PathBuf};

use esp32_sim::client::{Broker, Config, Verification};
use esp32_sim::firmware::{Firmware, FirmwareError};
use esp32_sim::fleet;

use super::Error;
use super::options::Share;
use super::target::Target;

/// A part of the fleet, with this broker's address.
pub(crate) fn resolve(share: &Share, target: &Target) -> Result<fleet::Share, Error> {
    let Firmware { client, tls, .. } = known(&share.firmware)?;
    let broker = Broker {
        hostname: target.address.host.clone(),
        port: Some(target.address.port),
        tls: target.address.tls,
        verification: Verification { certificate: target.trust_anchor.clone(), ..client.broker.verification },
    };
    let config = Config { broker, ..client };
    Ok(fleet::Share { name: share.firmware.clone(), config, tls, weight: share.weight })
}

/// Before a broker is started for it.
pub(crate) fn check(share: &Share) -> Result<(), Error> {
    known(&share.firmware).map(drop)
}

fn known(firmware: &str) -> Result<Firmware, Error> {
    let file = Path::new(firmware);
    if file.extension().is_none_or(|extension| extension != "toml") {
        return Firmware::named(firmware).map_err(|_| Error::NoSuchFirmware {
            name: firmware.to_owned(),
            known: Firmware::NAMES.join(", "),
        });
    }
    let path: PathBuf = file.to_owned();
    let text = std::fs::read_to_string(file).map_err(|source| Error::Read { path: path.clone(), source })?;
    Firmware::from_toml(&text).map_err(|error| match error {
        FirmwareError::Toml(source) => {
            let cause = source.message().lines().next().unwrap_or_default().to_owned();
            let line = source.span().map_or(1, |span| 1 + text[..span.start].matches('\n').count());
            Error::Firmware { path, line, cause }
        }
        unknown @ FirmwareError::Unknown { .. } => Error::Firmware { path, line: 1, cause: unknown.to_string() },
    })
}
