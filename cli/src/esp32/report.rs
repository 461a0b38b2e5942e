use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::figures::Figures;
use super::{Error, curves, page};

/// A file with the curves of a run, and what kind of file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReportFile {
    path: PathBuf,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Svg,
    Html,
}

impl FromStr for ReportFile {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let path = PathBuf::from(text);
        let kind = match path.extension().and_then(|extension| extension.to_str()) {
            Some("svg") => Kind::Svg,
            Some("html") => Kind::Html,
            _ => return Err("a name that ends in .svg or .html is meant"),
        };
        Ok(Self { path, kind })
    }
}

impl ReportFile {
    /// Before a long run: whether its folder is there at all.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        let looked = std::fs::read_dir(folder);
        looked.map(drop).map_err(|source| Error::Write { path: folder.to_owned(), source })
    }

    pub(crate) fn write(&self, figures: &Figures) -> Result<(), Error> {
        let text = match self.kind {
            Kind::Svg => curves::stacked(&curves::draw(figures)),
            Kind::Html => page::html(figures),
        };
        std::fs::write(&self.path, text).map_err(|source| Error::Write { path: self.path.clone(), source })
    }
}
