use esp32_sim::scenario::Outcome;

use super::super::text::{GREEN, RED, aligned, head, not_judged};
use super::figures::Figures;

/// The figures for a person.
pub(super) fn print(figures: &Figures, outcome: &Outcome) {
    head(&figures.broker, figures.devices.total, &figures.devices.by_firmware, figures.seconds, figures.seed);
    anstream::println!();
    aligned(&rows(figures));
    anstream::println!();
    match (figures.broken.as_slice(), figures.not_judged.as_slice()) {
        ([], []) => anstream::println!("{GREEN}every device with power is connected{GREEN:#}"),
        ([], unknown) => unknown.iter().for_each(not_judged),
        _ => anstream::print!("{RED}BROKEN{RED:#}  {outcome}"),
    }
}

fn rows(figures: &Figures) -> Vec<Vec<String>> {
    let row = |name: &str, value: u64| vec![name.to_owned(), value.to_string()];
    let mut rows = vec![vec!["counted".to_owned(), String::new()]];
    rows.push(row("devices", figures.devices.total));
    rows.extend(figures.boots.iter().map(|(reason, count)| row(&format!("boots: {reason}"), *count)));
    rows.push(row("connects", figures.connects));
    rows.push(row("published", figures.published));
    rows.push(row("acknowledged", figures.acknowledged));
    rows.push(row("running at the end", figures.devices.running));
    rows.push(row("lost at the end", figures.devices.lost));
    rows.push(row("torn certificates", figures.devices.torn));
    rows
}
