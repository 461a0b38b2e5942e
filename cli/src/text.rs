use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use mosquitto_fixtures::contract::{CLAUSES, ClauseReport, Evidence, Outcome, Report};

const GREEN: Style = AnsiColor::Green.on_default();
const RED: Style = AnsiColor::Red.on_default().bold();
const YELLOW: Style = AnsiColor::Yellow.on_default();
const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// A report for a person, the evidence of what is broken last: that is where a terminal stops. Colour only where the output
/// goes to a terminal. A quiet one says nothing of what holds.
pub(crate) fn print(report: &Report, quiet: bool) -> io::Result<()> {
    let out = &mut anstream::stdout().lock();
    writeln!(out, "deployment    {}", report.deployment.display())?;
    match &report.contract {
        Some(contract) => writeln!(out, "contract      {}", contract.display())?,
        None => writeln!(out, "contract      none: what every sound deployment holds is judged")?,
    }
    if let Some(broker) = &report.broker {
        writeln!(out, "broker        {}, version {}", broker.image, broker.version)?;
    }
    if report.throwaway_certificates {
        writeln!(out, "certificates  throwaway, made for this run: certs/ has none")?;
    }
    for clauses in report.clauses.chunk_by(|one, other| section(one) == section(other)) {
        let shown =
            |clause: &&ClauseReport| !quiet || matches!(clause.outcome, Outcome::Skipped | Outcome::Waived);
        let shown: Vec<_> = clauses.iter().filter(shown).collect();
        if let Some(first) = shown.first() {
            writeln!(out, "\n{BOLD}{}  {}{BOLD:#}", first.profile, section(first).1)?;
        }
        for (number, clause) in shown.iter().enumerate() {
            let before = number.checked_sub(1).map(|number| &shown[number].evidence);
            line(out, clause, before == Some(&clause.evidence))?;
        }
    }
    let mut broken: Vec<_> = report.with(Outcome::Broken).collect();
    if !broken.is_empty() {
        writeln!(out, "\n{RED}broken{RED:#}")?;
    }
    while let Some(first) = broken.first().copied() {
        let same = |clause: &&ClauseReport| clause.id == first.id && clause.evidence == first.evidence;
        let profiles: Vec<_> =
            broken.iter().filter(|clause| same(clause)).map(|clause| clause.profile.to_string()).collect();
        evidence(out, first, &profiles.join(", "))?;
        broken.retain(|clause| !same(clause));
    }
    for note in &report.notes {
        writeln!(out, "\n{YELLOW}note{YELLOW:#}  {note}")?;
    }
    total(out, report)?;
    out.flush()
}

/// Every clause of the contract.
pub(crate) fn list() -> io::Result<()> {
    let out = &mut anstream::stdout().lock();
    for clause in CLAUSES {
        writeln!(out, "{:<36} {}", clause.id, clause.summary())?;
    }
    out.flush()
}

fn section(clause: &ClauseReport) -> (String, &'static str) {
    (clause.profile.to_string(), clause.id.split_once('.').map_or("", |(group, _)| group))
}

fn line(out: &mut impl Write, clause: &ClauseReport, same_reason: bool) -> io::Result<()> {
    let (style, mark) = match clause.outcome {
        Outcome::Holds => (GREEN, "holds"),
        Outcome::Broken => (RED, "BROKEN"),
        Outcome::Skipped => (YELLOW, "skipped"),
        Outcome::Undeclared => (DIM, "undeclared"),
        Outcome::Waived => (YELLOW, "waived"),
    };
    let name = clause.id.split_once('.').map_or(clause.id, |(_, name)| name);
    writeln!(out, "  {style}{mark:<10}{style:#}  {name:<26} {}", clause.summary)?;
    match &clause.evidence {
        Evidence::Skipped { .. } | Evidence::Undeclared { .. } if same_reason => {
            detail(out, "because", "of the same")
        }
        Evidence::Skipped { reason } | Evidence::Undeclared { reason, declare: "" } => {
            detail(out, "because", reason)
        }
        Evidence::Undeclared { declare, .. } => detail(out, "declare", declare),
        Evidence::Waived { expected, seen, waived } => {
            detail(out, "expected", expected)?;
            detail(out, "seen", seen)?;
            detail(out, "waived", waived)
        }
        Evidence::Broken { .. } | Evidence::Holds { .. } => Ok(()),
    }
}

fn evidence(out: &mut impl Write, clause: &ClauseReport, profiles: &str) -> io::Result<()> {
    let Evidence::Broken { expected, seen, at, log, remedy } = &clause.evidence else { return Ok(()) };
    writeln!(out, "\n  {BOLD}{}{BOLD:#} ({profiles}): {}", clause.id, clause.summary)?;
    detail(out, "expected", expected)?;
    detail(out, "seen", seen)?;
    if let Some(at) = at {
        detail(out, "look at", &at.to_string())?;
    }
    for line in log {
        detail(out, "log", line)?;
    }
    detail(out, "do", remedy)
}

fn total(out: &mut impl Write, report: &Report) -> io::Result<()> {
    let count = |outcome| report.with(outcome).count();
    let (clauses, holds) = (report.clauses.len(), count(Outcome::Holds));
    let plural = |number| if number == 1 { ("", "s") } else { ("s", "") };
    write!(out, "\n{clauses} clause{}: {holds} hold{}", plural(clauses).0, plural(holds).1)?;
    write!(out, ", {} broken, {} skipped", count(Outcome::Broken), count(Outcome::Skipped))?;
    for (number, name) in [(count(Outcome::Waived), "waived"), (count(Outcome::Undeclared), "undeclared")] {
        if number > 0 {
            write!(out, ", {number} {name}")?;
        }
    }
    writeln!(out)
}

fn detail(out: &mut impl Write, name: &str, text: &str) -> io::Result<()> {
    writeln!(out, "              {DIM}{name:<9}{DIM:#} {text}")
}
