use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::ValueEnum;
use mosquitto_fixtures::contract::{
    CLAUSES, Clause, ClauseReport, Conclusion, Evidence, Needs, Outcome, Report, Verification, verify,
};

use crate::error::Error;
use crate::live::Live;
use crate::{junit, text, usage};

/// Start a deployment's own configuration on the real broker and say, clause by clause, what holds
///
/// Docker Compose starts it for each profile, in a network of its own and on free ports of 127.0.0.1. Nothing of the
/// deployment is written to.
///
/// A deployment without certificates is given throwaway ones; one with certificates is judged with them. The image is
/// MOSQUITTO_IMAGE, or an Eclipse Mosquitto 2.0 that is on this machine.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The folder with mosquitto/mosquitto.conf, or with a Compose file that mounts one
    #[arg(long, value_name = "DIR", default_value = ".")]
    deployment: PathBuf,
    /// What the deployment promises [default: broker-contract.toml in its folder, where there is one]
    #[arg(long, value_name = "FILE")]
    contract: Option<PathBuf>,
    /// A profile of the contract; without one docker-compose.yml is `dev`, with docker-compose.prod.yml on top it is `prod`
    #[arg(long, value_name = "NAME", default_value = "all")]
    profile: String,
    /// How to report
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// One more name that the certificate must cover; can be given several times
    #[arg(long = "host", value_name = "NAME")]
    hosts: Vec<String>,
    /// How many days every certificate must still be valid, from 0 [default: a quarter of its lifetime, at most 30]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = usage::days)]
    days_left: Option<u32>,
    /// Check only clauses whose id matches, as in 'tls.*'; can be given several times
    #[arg(long = "clause", value_name = "GLOB")]
    clauses: Vec<String>,
    /// Check only what needs no more than this: what needs no connection starts no broker [possible values: files, compose, connection, container, restart]
    #[arg(long, value_name = "WHAT", value_parser = needs)]
    needs: Option<Needs>,
    /// Text without the clauses that hold
    #[arg(long, short)]
    quiet: bool,
    /// List every clause with its promise, and check nothing
    #[arg(long)]
    list: bool,
}

/// The value of `--profile` that stands for every one.
const ALL: &str = "all";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For a person
    Text,
    /// One object: deployment, broker, clauses
    Json,
    /// For a CI server
    Junit,
}

pub(crate) async fn run(arguments: &Arguments) -> Result<ExitCode, Error> {
    let patterns = patterns(&arguments.clauses)?;
    if arguments.list {
        text::list()?;
        return Ok(ExitCode::SUCCESS);
    }
    let selected =
        |clause: &Clause| patterns.is_empty() || patterns.iter().any(|pattern| pattern.matches(clause.id));
    let verification = Verification {
        contract: arguments.contract.clone(),
        profile: Some(arguments.profile.clone()).filter(|profile| profile != ALL),
        hosts: arguments.hosts.clone(),
        days_left: arguments.days_left,
        needs: arguments.needs,
        asked: !patterns.is_empty(),
        ..Verification::default()
    };
    let progress = Progress::new();
    let report = verify(&arguments.deployment, &verification, selected, |clause| progress.show(clause)).await;
    progress.clear();
    let report = report?;
    match arguments.format {
        Format::Text => text::print(&report, arguments.quiet)?,
        Format::Json => output(&serde_json::to_string_pretty(&report)?)?,
        Format::Junit => output(&junit::render(&report)?)?,
    }
    match report.conclusion() {
        Conclusion::Sound => Ok(ExitCode::SUCCESS),
        Conclusion::Broken => Ok(ExitCode::from(1)),
        Conclusion::Unjudged => Err(unjudged(&report)),
    }
}

fn needs(word: &str) -> Result<Needs, String> {
    let names = || Needs::ALL.map(|needs| needs.to_string()).join(", ");
    let found = Needs::ALL.into_iter().find(|needs| needs.to_string() == word);
    found.ok_or_else(|| format!("expected one of {}", names()))
}

fn output(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()
}

/// Nothing is broken, and not everything was judged.
fn unjudged(report: &Report) -> Error {
    let mut skipped = report.with(Outcome::Skipped);
    let first = skipped.next();
    let reason = match first.map(|clause| &clause.evidence) {
        Some(Evidence::Skipped { reason }) => reason.clone(),
        Some(Evidence::Undeclared { reason, declare }) if declare.is_empty() => reason.clone(),
        Some(Evidence::Undeclared { reason, declare }) => format!("{reason}: declare `{declare}`"),
        _ => "there is none".to_owned(),
    };
    let (count, all) = (skipped.count() + usize::from(first.is_some()), report.clauses.len());
    let id = first.map_or("", |clause| clause.id);
    Error::Unjudged { count, all, id, reason }
}

/// Every pattern must match something: a misspelt one would check nothing and find nothing wrong.
fn patterns(globs: &[String]) -> Result<Vec<glob::Pattern>, Error> {
    let parse = |pattern: &String| {
        let parsed = glob::Pattern::new(pattern)
            .map_err(|source| Error::ClausePattern { pattern: pattern.clone(), source })?;
        if CLAUSES.iter().any(|clause| parsed.matches(clause.id)) {
            return Ok(parsed);
        }
        let group = format!("{pattern}.");
        let distance = |clause: &&Clause| strsim::levenshtein(clause.id, pattern);
        let nearest = match CLAUSES.iter().any(|clause| clause.id.starts_with(&group)) {
            true => format!("{group}*"),
            false => CLAUSES.iter().min_by_key(distance).map_or("", |clause| clause.id).to_owned(),
        };
        Err(Error::NoSuchClause { pattern: pattern.clone(), nearest })
    };
    globs.iter().map(parse).collect()
}

/// A line on a terminal that says how far it is.
struct Progress {
    done: std::cell::Cell<usize>,
    live: Live,
}

impl Progress {
    fn new() -> Self {
        let progress = Self { done: 0.into(), live: Live::new() };
        progress.live.show(&["starting the brokers".to_owned()]);
        progress
    }

    fn show(&self, clause: &ClauseReport) {
        self.done.set(self.done.get() + 1);
        self.live.show(&[format!("{} {} {}", self.done.get(), clause.profile, clause.id)]);
    }

    fn clear(&self) {
        self.live.clear();
    }
}
