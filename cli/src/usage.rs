use clap::CommandFactory;

use crate::Arguments;

/// What is wrong with a command line, in one line: clap's words without its layout, and whose help helps.
pub(crate) fn complaint(error: &clap::Error) -> String {
    let text = error.to_string();
    let layout =
        |paragraph: &&str| !["Usage:", "For more information"].iter().any(|word| paragraph.starts_with(word));
    let paragraphs: Vec<String> = text.split("\n\n").filter(layout).map(one_line).collect();
    let what = paragraphs.join("; ");
    let what = what.strip_prefix("error: ").unwrap_or(&what);
    let command = command().map_or_else(String::new, |command| format!(" {command}"));
    format!("{what}: `mosquitto-fixtures{command} --help` lists what there is")
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
