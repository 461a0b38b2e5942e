use mosquitto_fixtures::{broker, contract, deployment};

use crate::esp32;

/// Why a command could not do what it was asked for. Ends in exit status 2.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(transparent)]
    Broker(#[from] broker::Error),
    #[error("--clause {pattern}: {source}")]
    ClausePattern { pattern: String, source: glob::PatternError },
    #[error(transparent)]
    Contract(#[from] contract::Error),
    #[error(transparent)]
    Deployment(#[from] deployment::Error),
    #[error(transparent)]
    Esp32(#[from] esp32::Error),
    #[error("no clause is called {pattern}: {known}")]
    NoSuchClause { pattern: String, known: String },
    #[error("the output cannot be written: {0}")]
    Output(#[from] std::io::Error),
    #[error("the report cannot be written: {0}")]
    Report(#[from] serde_json::Error),
    #[error("{count} of {all} clauses could not be judged, {id} first: {reason}")]
    Unjudged { count: usize, all: usize, id: &'static str, reason: String },
    #[error("the JUnit report cannot be written: {0}")]
    Junit(#[from] quick_junit::SerializeError),
}
