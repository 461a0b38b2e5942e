use anstyle::{AnsiColor, Style};
use mosquitto_fixtures::contract::{Evidence, Outcome, Report};

const GREEN: Style = AnsiColor::Green.on_default();
const RED: Style = AnsiColor::Red.on_default().bold();
const YELLOW: Style = AnsiColor::Yellow.on_default();
const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// A report for a person; colour only where the output goes to a terminal.
pub(crate) fn print(report: &Report) {
    anstream::println!("deployment    {}", report.deployment.display());
    if let Some(broker) = &report.broker {
        anstream::println!("broker        {}, version {}", broker.image, broker.version);
    }
    if report.throwaway_certificates {
        anstream::println!("certificates  throwaway, made for this run: certs/ has none");
    }
    let mut section = None;
    for clause in &report.clauses {
        let (group, name) = clause.id.split_once('.').unwrap_or(("", clause.id));
        if section != Some((clause.profile, group)) {
            section = Some((clause.profile, group));
            anstream::println!("\n{BOLD}{}  {group}{BOLD:#}", clause.profile);
        }
        let (style, mark) = match clause.outcome {
            Outcome::Holds => (GREEN, "holds"),
            Outcome::Broken => (RED, "BROKEN"),
            Outcome::Skipped => (YELLOW, "skipped"),
            Outcome::Undeclared => (DIM, "undeclared"),
        };
        anstream::println!("  {style}{mark:<10}{style:#}  {name:<26} {}", clause.summary);
        match &clause.evidence {
            Evidence::Holds { .. } => {}
            Evidence::Skipped { reason } => detail("because", reason),
            Evidence::Broken { expected, seen, log } => {
                detail("expected", expected);
                detail("seen", seen);
                for line in log {
                    detail("log", line);
                }
            }
        }
    }
    let count = |outcome| report.with(outcome).count();
    let (holds, broken, skipped) = (count(Outcome::Holds), count(Outcome::Broken), count(Outcome::Skipped));
    let undeclared = match count(Outcome::Undeclared) {
        0 => String::new(),
        number => format!(", {number} undeclared"),
    };
    let (clauses, hold) = (plural(report.clauses.len(), "clause"), if holds == 1 { "holds" } else { "hold" });
    anstream::println!("\n{clauses}: {holds} {hold}, {broken} broken, {skipped} skipped{undeclared}");
}

/// `1 clause`, `2 clauses`.
fn plural(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

fn detail(name: &str, text: &str) {
    anstream::println!("              {DIM}{name:<9}{DIM:#} {text}");
}
