use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::figures::Figures;
use super::{Error, curves, table};

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
        let charts = curves::draw(figures)?;
        let text = match self.kind {
            Kind::Svg => curves::stacked(&charts),
            Kind::Html => html(figures, &charts),
        };
        std::fs::write(&self.path, text).map_err(|source| Error::Write { path: self.path.clone(), source })
    }
}

const STYLE: &str = "\
body { font: 15px/1.5 sans-serif; max-width: 920px; margin: 2em auto; padding: 0 1em; color: #222 }
table { border-collapse: collapse; margin: 1em 0 }
th, td { padding: .2em .9em; text-align: right; border-bottom: 1px solid #ddd }
th:first-child, td:first-child { text-align: left; padding-left: 0 }
svg { max-width: 100%; height: auto }
.broken { color: #b00020 }
";

/// One file that needs no other.
fn html(figures: &Figures, charts: &[String]) -> String {
    let title = escaped(&format!("{} devices on {}", figures.devices.total, figures.broker.address));
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
    );
    for broken in &figures.broken {
        page.push_str(&format!("<p class=\"broken\">{}</p>\n", escaped(broken)));
    }
    for rows in [table::phases(figures), table::counts(figures), table::failures(figures)] {
        if rows.len() > 1 {
            page.push_str(&rendered(&rows));
        }
    }
    for chart in charts {
        page.push_str(chart);
        page.push('\n');
    }
    page.push_str("</body>\n</html>\n");
    page
}

/// The first row is the head.
fn rendered(rows: &[Vec<String>]) -> String {
    let mut text = String::from("<table>\n");
    for (number, row) in rows.iter().enumerate() {
        let cell = if number == 0 { "th" } else { "td" };
        let cells: String = row.iter().map(|text| format!("<{cell}>{}</{cell}>", escaped(text))).collect();
        text.push_str(&format!("<tr>{cells}</tr>\n"));
    }
    text + "</table>\n"
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
