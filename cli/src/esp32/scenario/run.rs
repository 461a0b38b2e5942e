use std::path::Path;
use std::process::ExitCode;

use super::super::options::{Format, Options};
use super::super::verdict::status;
use super::{play, text};
use crate::error::Error;

/// Plays a file, and reports.
pub(crate) async fn run(
    file: &Path,
    options: &Options,
    stop: impl Future<Output = ()>,
) -> Result<ExitCode, Error> {
    let (figures, outcome) = play::play(file, options, stop).await?;
    match options.output.format {
        Format::Text => text::print(&figures, &outcome),
        Format::Json => anstream::println!("{}", serde_json::to_string(&figures)?),
    }
    Ok(status(&figures.broken, &figures.not_judged))
}
