use std::collections::BTreeMap;

use anstyle::{AnsiColor, Style};

use super::figures::{Broker, Figures};
use super::table;

pub(crate) const GREEN: Style = AnsiColor::Green.on_default();
pub(crate) const RED: Style = AnsiColor::Red.on_default().bold();
const BOLD: Style = Style::new().bold();

/// The figures for a person; colour only where the output goes to a terminal.
pub(crate) fn print(figures: &Figures) {
    let devices = &figures.devices;
    head(&figures.broker, devices.total, &devices.by_firmware, figures.seconds, figures.seed);
    for rows in [table::phases(figures), table::counts(figures), table::failures(figures)] {
        if rows.len() > 1 {
            anstream::println!();
            aligned(&rows);
        }
    }
    if let Some(sys) = &figures.sys {
        anstream::println!(
            "\n$SYS after {:.0} s: {} clients, {} PUBLISH received; by the devices' own account {} and {}",
            sys.at,
            sys.connected,
            sys.published,
            sys.devices_connected,
            sys.devices_published
        );
    }
    anstream::println!();
    if figures.is_well() {
        anstream::println!("{GREEN}{}{GREEN:#}", figures.praise());
    }
    figures.not_judged.iter().for_each(not_judged);
    for broken in &figures.broken {
        anstream::println!("{RED}BROKEN{RED:#}  {broken}");
    }
}

pub(crate) fn not_judged(what: &String) {
    anstream::println!("{BOLD}not judged{BOLD:#}  {what}");
}

/// What ran where.
pub(crate) fn head(
    broker: &Broker,
    devices: u64,
    by_firmware: &BTreeMap<String, u64>,
    seconds: f64,
    seed: u64,
) {
    let version = broker.version.as_ref().map_or_else(String::new, |version| format!(", {version}"));
    anstream::println!("broker    {}{version}", broker.address);
    let firmware: Vec<String> = by_firmware.iter().map(|(name, count)| format!("{count} {name}")).collect();
    anstream::println!("devices   {devices} ({})", firmware.join(", "));
    anstream::println!("run       {seconds:.1} s, seed {seed}");
}

/// The first column to the left, the others to the right.
pub(crate) fn aligned(rows: &[Vec<String>]) {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.len()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    for (number, row) in rows.iter().enumerate() {
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, width))| match column {
            0 => format!("{cell:<width$}"),
            _ => format!("{cell:>width$}"),
        });
        let line = cells.collect::<Vec<_>>().join("  ");
        let line = line.trim_end();
        if number == 0 {
            anstream::println!("{BOLD}{line}{BOLD:#}");
        } else {
            anstream::println!("{line}");
        }
    }
}
