use clap::CommandFactory;
use clap::error::{ContextKind, ContextValue};

use crate::Arguments;

/// What is wrong with a command line, in one line: clap's words without its layout, and whose help helps.
pub(crate) fn complaint(error: &clap::Error) -> String {
    let text = error.to_string();
    // clap offers it whenever something may stand behind `--`, and nobody means it.
    let text = text.lines().filter(|line| !line.trim_start().starts_with("tip: to pass '"));
    let text = text.collect::<Vec<_>>().join("\n");
    let layout =
        |paragraph: &&str| !["Usage:", "For more information"].iter().any(|word| paragraph.starts_with(word));
    let paragraphs = text.split("\n\n").filter(layout).map(one_line).filter(|text| !text.is_empty());
    let what = paragraphs.chain(meant(error)).collect::<Vec<_>>().join("; ");
    let what = what.strip_prefix("error: ").unwrap_or(&what);
    let command = command().map_or_else(String::new, |command| format!(" {command}"));
    format!("{what}: `mosquitto-fixtures{command} --help` lists what there is")
}

/// What goes before a word that stands alone, by the command that it stands behind.
const BEFORE: [(&str, &str); 3] = [("esp32", "--devices"), ("up", "--"), ("verify", "--deployment")];

/// How a word that stands alone is to be written.
fn meant(error: &clap::Error) -> Option<String> {
    let word =
        [ContextKind::InvalidArg, ContextKind::InvalidSubcommand].iter().find_map(|kind| error.get(*kind))?;
    let ContextValue::String(word) = word else { return None };
    let command = command()?;
    let (_, before) = BEFORE.iter().find(|(name, _)| *name == command)?;
    let fits = if command == "esp32" { word.parse::<u32>().is_ok() } else { !word.starts_with('-') };
    fits.then(|| format!("tip: write `mosquitto-fixtures {command} {before} {word}`"))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The commands that were called, one below the other: `user add`; nothing when there is no such command.
fn command() -> Option<String> {
    let all = Arguments::command();
    let (mut command, mut called) = (&all, Vec::new());
    for word in std::env::args_os().skip(1) {
        let Some(below) = command.find_subcommand(word) else { break };
        command = below;
        called.push(below.get_name());
    }
    (!called.is_empty()).then(|| called.join(" "))
}

/// A number of days.
pub(crate) fn days(text: &str) -> Result<u32, &'static str> {
    text.parse().map_err(|_| "expected a whole number of days, 0 or more")
}
