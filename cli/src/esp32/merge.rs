use std::path::{Path, PathBuf};

use mosquitto_fixtures::foreign::{self, Kind};

use super::figures::Figures;
use super::{Error, reports};

/// As other commands call it.
const STANDARD_INPUT: &str = "-";

/// Puts the reports of several workers together; a file may hold one or, like a log of all workers, several.
pub(crate) fn read(files: &[PathBuf]) -> Result<Figures, Error> {
    let found: Vec<Vec<Figures>> = files.iter().map(|file| read_file(file)).collect::<Result<_, _>>()?;
    Ok(reports::merged(found.concat())?)
}

fn read_file(file: &Path) -> Result<Vec<Figures>, Error> {
    let path = || file.to_owned();
    let text = if file == Path::new(STANDARD_INPUT) {
        foreign::text(foreign::read_all(std::io::stdin(), file, Kind::Report)?, file)?
    } else {
        foreign::read_text(file, Kind::Report)?
    };
    if text.trim().is_empty() {
        return Err(Error::Empty { path: path() });
    }
    reports::parsed(&text).map_err(|source| Error::NoReport { path: path(), source })
}
