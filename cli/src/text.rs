use std::collections::BTreeMap;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use mosquitto_fixtures::contract::{CLAUSES, ClauseReport, Evidence, Outcome, Report};
use mosquitto_fixtures::promises::FILE;

use crate::columns::{flow, size};

const GREEN: Style = AnsiColor::Green.on_default();
const RED: Style = AnsiColor::Red.on_default().bold();
const YELLOW: Style = AnsiColor::Yellow.on_default();
const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// The column of what is said of a clause.
const SAID: usize = 14;
/// The least that is worth a column of its own.
const NARROW: usize = 30;

/// A report for a person, the evidence of what is broken last: that is where a terminal stops. Colour only where the output
/// goes to a terminal, and there no line is longer than it is wide. A quiet one says nothing of what holds.
pub(crate) fn print(report: &Report, quiet: bool) -> io::Result<()> {
    let out = &mut anstream::stdout().lock();
    write(out, report, quiet, width())?;
    out.flush()
}

fn width() -> Option<usize> {
    size(io::stdout()).map(|(columns, _)| columns)
}

fn write(out: &mut impl Write, report: &Report, quiet: bool, width: Option<usize>) -> io::Result<()> {
    let mut head = |name: &str, what: &str| writeln!(out, "{name:<SAID$}{}", flow(what, SAID, SAID, width));
    head("deployment", &report.deployment.display().to_string())?;
    let contract = report.contract.as_ref().map(|file| file.display().to_string());
    head("contract", contract.as_deref().unwrap_or("none: what holds of every sound deployment is judged"))?;
    if let Some(broker) = &report.broker {
        head("broker", &format!("{}, version {}", broker.image, broker.version))?;
    }
    if report.throwaway_certificates {
        head("certificates", "throwaway, made for this run: certs/ has none")?;
    }
    for clauses in report.clauses.chunk_by(|one, other| section(one) == section(other)) {
        let shown = |clause: &&ClauseReport| match clause.outcome {
            Outcome::Skipped | Outcome::Waived => true,
            Outcome::Undeclared => false,
            _ => !quiet,
        };
        let shown: Vec<_> = clauses.iter().filter(shown).collect();
        if let Some(first) = shown.first() {
            writeln!(out, "\n{BOLD}{}  {}{BOLD:#}", first.profile, section(first).1)?;
        }
        for (number, clause) in shown.iter().enumerate() {
            let before = number.checked_sub(1).map(|number| &shown[number].evidence);
            line(out, clause, before == Some(&clause.evidence), width)?;
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
        evidence(out, first, &profiles.join(", "), width)?;
        broken.retain(|clause| !same(clause));
    }
    undeclared(out, report, width)?;
    for note in &report.notes {
        writeln!(out, "\n{YELLOW}note{YELLOW:#}  {}", flow(note, 6, 6, width))?;
    }
    total(out, report, width)
}

/// Every clause of the contract.
pub(crate) fn list() -> io::Result<()> {
    let (out, width) = (&mut anstream::stdout().lock(), width());
    for clause in CLAUSES {
        let summary = beside(clause.id.len(), 37, 4, &clause.summary(), width);
        writeln!(out, "{}{summary}", clause.id)?;
    }
    out.flush()
}

fn section(clause: &ClauseReport) -> (String, &'static str) {
    (clause.profile.to_string(), clause.id.split_once('.').map_or("", |(group, _)| group))
}

fn line(
    out: &mut impl Write,
    clause: &ClauseReport,
    same_reason: bool,
    width: Option<usize>,
) -> io::Result<()> {
    let (style, mark) = match clause.outcome {
        Outcome::Holds => (GREEN, "holds"),
        Outcome::Broken => (RED, "BROKEN"),
        Outcome::Skipped => (YELLOW, "skipped"),
        Outcome::Undeclared => (DIM, "undeclared"),
        Outcome::Waived => (YELLOW, "waived"),
    };
    let name = clause.id.split_once('.').map_or(clause.id, |(_, name)| name);
    let summary = beside(SAID + name.len(), SAID + 27, SAID, &clause.summary, width);
    writeln!(out, "  {style}{mark:<10}{style:#}  {name}{summary}")?;
    match &clause.evidence {
        Evidence::Skipped { .. } if same_reason => detail(out, "because", "of the same", width),
        Evidence::Skipped { reason } | Evidence::Undeclared { reason, .. } => {
            detail(out, "because", reason, width)
        }
        Evidence::Waived { expected, seen, waived } => {
            detail(out, "expected", expected, width)?;
            detail(out, "seen", seen, width)?;
            detail(out, "waived", waived, width)
        }
        Evidence::Broken { .. } | Evidence::Holds { .. } => Ok(()),
    }
}

fn evidence(
    out: &mut impl Write,
    clause: &ClauseReport,
    profiles: &str,
    width: Option<usize>,
) -> io::Result<()> {
    let Evidence::Broken { expected, seen, at, log, remedy } = &clause.evidence else { return Ok(()) };
    let promise = format!(" ({profiles}): {}", clause.summary);
    let promise = flow(&promise, 2 + clause.id.len(), 4, width);
    writeln!(out, "\n  {BOLD}{}{BOLD:#}{promise}", clause.id)?;
    detail(out, "expected", expected, width)?;
    detail(out, "seen", seen, width)?;
    if let Some(at) = at {
        detail(out, "look at", &at.to_string(), width)?;
    }
    for line in log {
        detail(out, "log", line, width)?;
    }
    detail(out, "do", remedy, width)
}

/// What nobody has promised, by what to write into the contract.
fn undeclared(out: &mut impl Write, report: &Report, width: Option<usize>) -> io::Result<()> {
    let mut clauses: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for clause in report.with(Outcome::Undeclared) {
        let Evidence::Undeclared { reason, declare } = &clause.evidence else { continue };
        let ids = clauses.entry(if declare.is_empty() { reason } else { declare }).or_default();
        if !ids.contains(&clause.id) {
            ids.push(clause.id);
        }
    }
    if clauses.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "\n{BOLD}not promised, and so not judged{BOLD:#}: what {FILE} lacks, and the clauses that wait for it"
    )?;
    for (declare, ids) in clauses {
        writeln!(out, "  {}", flow(declare, 2, 4, width))?;
        writeln!(out, "      {DIM}{}{DIM:#}", flow(&ids.join(", "), 6, 6, width))?;
    }
    Ok(())
}

fn total(out: &mut impl Write, report: &Report, width: Option<usize>) -> io::Result<()> {
    let count = |outcome| report.with(outcome).count();
    let (clauses, holds) = (report.clauses.len(), count(Outcome::Holds));
    let plural = |number| if number == 1 { ("", "s") } else { ("s", "") };
    let mut total = format!("{clauses} clause{}: {holds} hold{}", plural(clauses).0, plural(holds).1);
    total += &format!(", {} broken, {} skipped", count(Outcome::Broken), count(Outcome::Skipped));
    for (number, name) in [(count(Outcome::Waived), "waived"), (count(Outcome::Undeclared), "undeclared")] {
        if number > 0 {
            total += &format!(", {number} {name}");
        }
    }
    writeln!(out, "\n{}", flow(&total, 0, 2, width))
}

fn detail(out: &mut impl Write, name: &str, text: &str, width: Option<usize>) -> io::Result<()> {
    let text = beside(SAID + name.len(), SAID + 10, SAID + 2, text, width);
    writeln!(out, "{:SAID$}{DIM}{name}{DIM:#}{text}", "")
}

/// What follows a name that ends at column `at`: text in a column of its own, or below the name where that column would be
/// narrow.
fn beside(at: usize, column: usize, below: usize, text: &str, width: Option<usize>) -> String {
    let column = column.max(at + 1);
    match width {
        Some(width) if width < column + NARROW => {
            format!("\n{:below$}{}", "", flow(text, below, below, Some(width)))
        }
        _ => format!("{:gap$}{}", "", flow(text, column, column, width), gap = column - at),
    }
}

#[cfg(test)]
mod tests {
    use mosquitto_fixtures::contract::{BrokerReport, CLAUSES, ClauseReport, Evidence, Outcome, Report};
    use rstest::rstest;

    use super::write;

    const LONG: &str = "a sentence that is as long as what clauses say of a deployment, and that no terminal has in one line of its own, \
        whatever its size, because it goes on";

    /// Every clause of the contract, a third of them broken and a third skipped.
    fn report() -> Report {
        let clause = |(number, clause): (usize, &mosquitto_fixtures::contract::Clause)| {
            let (outcome, evidence) = match number % 3 {
                0 => (Outcome::Holds, Evidence::Holds { seen: LONG.to_owned() }),
                1 => (Outcome::Skipped, Evidence::Skipped { reason: format!("{number}: {LONG}") }),
                _ => (
                    Outcome::Broken,
                    Evidence::Broken {
                        expected: LONG.to_owned(),
                        seen: LONG.to_owned(),
                        at: None,
                        log: vec![LONG.to_owned()],
                        remedy: LONG.to_owned(),
                    },
                ),
            };
            let profile = "dev".to_owned();
            ClauseReport { id: clause.id, profile, outcome, summary: clause.summary(), evidence }
        };
        let image = "registry.example/mosquitto-fixtures/mosquitto:2.0.21".to_owned();
        Report {
            deployment: "/srv/deployments/plant-ops-of-the-green-house-in-the-north/current".into(),
            contract: None,
            notes: vec![LONG.to_owned()],
            throwaway_certificates: true,
            broker: Some(BrokerReport { image, version: "2.0.21".to_owned() }),
            clauses: CLAUSES.iter().enumerate().map(clause).collect(),
        }
    }

    fn written(width: Option<usize>) -> String {
        let mut text = anstream::StripStream::new(Vec::new());
        write(&mut text, &report(), false, width).unwrap();
        String::from_utf8(text.into_inner()).unwrap()
    }

    #[rstest]
    fn no_line_is_longer_than_the_terminal_is_wide(#[values(40, 60, 80, 100, 120, 200)] width: usize) {
        for line in written(Some(width)).lines() {
            // An id, a path or the name of an image with what stands before it.
            let unbreakable = line.split_whitespace().any(|word| word.len() + 14 > width);
            assert!(line.chars().count() <= width || unbreakable, "{line:?}");
            assert_eq!(line, line.trim_end());
        }
    }

    #[test]
    fn a_narrow_report_says_the_same_words() {
        let words = |text: String| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        for width in [40, 60, 80, 120] {
            assert_eq!(words(written(Some(width))), words(written(None)));
        }
    }

    #[test]
    fn a_pipe_has_a_line_for_each_sentence() {
        assert!(written(None).lines().any(|line| line.ends_with(LONG)));
    }
}
