use std::path::Path;

use esp32_sim::client::{Broker, Config, Library, Verification};
use esp32_sim::fleet;
use esp32_sim::tls::{Profile, Suites};

use super::Error;
use super::options::Share;
use super::target::Target;

/// What `--firmware` knows by name.
const NAMES: [&str; 4] = ["idf-5.4", "idf-5.5", "idf-6.0", "pubsubclient"];

/// A part of the fleet, with this broker's address.
pub(crate) fn resolve(share: &Share, target: &Target) -> Result<fleet::Share, Error> {
    let (config, tls) = known(&share.firmware)?;
    let broker = Broker {
        hostname: target.address.host.clone(),
        port: Some(target.address.port),
        tls: target.address.tls,
        verification: Verification { certificate: target.trust_anchor.clone(), ..config.broker.verification },
    };
    let config = Config { broker, ..config };
    Ok(fleet::Share { name: share.firmware.clone(), config, tls, weight: share.weight })
}

/// Before a broker is started for it.
pub(crate) fn check(share: &Share) -> Result<(), Error> {
    known(&share.firmware).map(drop)
}

fn known(firmware: &str) -> Result<(Config, Profile), Error> {
    let (mut config, mut tls) = (Config::default(), Profile::default());
    match firmware {
        "idf-5.5" => {}
        "idf-5.4" => tls.reports_verify_flags = true,
        "idf-6.0" => tls.suites = Suites::Idf6,
        "pubsubclient" => {
            config.library = Library::PubSubClient;
            config.session.keepalive = 15;
            config.buffer.size = 256;
            config.buffer.out_size = 256;
        }
        file if Path::new(file).extension().is_some_and(|extension| extension == "toml") => {
            tls = read(Path::new(file))?
        }
        _ => return Err(Error::NoSuchFirmware { name: firmware.to_owned(), known: NAMES.join(", ") }),
    }
    Ok((config, tls))
}

/// A build of one's own: how it does TLS.
fn read(file: &Path) -> Result<Profile, Error> {
    let path = || file.to_owned();
    let text = std::fs::read_to_string(file).map_err(|source| Error::Read { path: path(), source })?;
    toml::from_str(&text).map_err(|source| {
        let cause = source.message().lines().next().unwrap_or_default().to_owned();
        let line = source.span().map_or(1, |span| 1 + text[..span.start].matches('\n').count());
        Error::Firmware { path: path(), line, cause }
    })
}
