use std::io;
use std::path::PathBuf;

use mosquitto_fixtures::{broker, contract, deployment};

use crate::esp32;

/// Why a command could not do what it was asked for. Ends in exit status 2.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(transparent)]
    Broker(#[from] broker::Error),
    #[error("--clause {pattern}: {source}")]
    ClausePattern { pattern: String, source: glob::PatternError },
    #[error("{program} cannot be run: {source}")]
    Command { program: String, source: io::Error },
    #[error("{program:?} is no program that can be found: {}", found(program))]
    CommandNotFound { program: String },
    #[error(transparent)]
    Contract(#[from] contract::Error),
    #[error("{} is there already: remove it to write a new one, or run `verify`, which reads it", path.display())]
    ContractThere { path: PathBuf },
    #[error(transparent)]
    Deployment(#[from] deployment::Error),
    #[error(transparent)]
    Esp32(#[from] esp32::Error),
    #[error(
        "no clause is called {pattern}; did you mean {nearest}? `mosquitto-fixtures verify --list` lists all"
    )]
    NoSuchClause { pattern: String, nearest: String },
    #[error("no command stands behind `--`: name one, or leave `--` out for a broker until Ctrl-C")]
    NoCommand,
    #[error("the output cannot be written: {0}")]
    Output(#[from] io::Error),
    #[error("the report cannot be written: {0}")]
    Report(#[from] serde_json::Error),
    #[error(
        "users {first:?} and {second:?} would both have {variable}: name each user once, and not too much alike"
    )]
    SameVariable { first: String, second: String, variable: String },
    #[error("{count} of {all} clauses could not be judged, {id} first: {reason}")]
    Unjudged { count: usize, all: usize, id: &'static str, reason: String },
    #[error("{} cannot be written: {source}: call as somebody who may write there", path.display())]
    Unwritten { path: PathBuf, source: io::Error },
    #[error("the JUnit report cannot be written: {0}")]
    Junit(#[from] quick_junit::SerializeError),
}

impl Error {
    /// In one line, with what to do where the operating system says why.
    pub(crate) fn complaint(&self) -> String {
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(self);
        let io = std::iter::from_fn(|| {
            let error = cause?;
            cause = error.source();
            Some(error)
        })
        .find_map(|error| error.downcast_ref::<io::Error>());
        let text = self.to_string();
        let Some(error) = io else { return text };
        let code = error.raw_os_error().map_or_else(String::new, |code| format!(" (os error {code})"));
        format!("{}{}", text.replace(&code, ""), advice(error.kind()))
    }
}

/// How it would be.
fn found(program: &str) -> &'static str {
    if program.contains(char::is_whitespace) {
        "leave the quotes out, or write sh -c before them"
    } else if program.contains('/') {
        "check the path, and the first line of a script"
    } else {
        "install it, or name its path"
    }
}

fn advice(kind: io::ErrorKind) -> &'static str {
    match kind {
        io::ErrorKind::NotFound => ": check the path",
        io::ErrorKind::PermissionDenied => ": run this as its owner, or change its mode",
        io::ErrorKind::IsADirectory => ": name a file",
        io::ErrorKind::NotADirectory => ": name a folder",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ": make room, or write it elsewhere",
        io::ErrorKind::ReadOnlyFilesystem => ": write it elsewhere",
        io::ErrorKind::BrokenPipe => ": its reader has gone",
        _ => "",
    }
}
