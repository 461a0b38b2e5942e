use super::figures::Figures;

/// Rows of cells; the first is the head.
type Rows = Vec<Vec<String>>;

/// How long each step took.
pub(crate) fn phases(figures: &Figures) -> Rows {
    let mut rows = vec![row(["phase", "count", "p50 ms", "p90 ms", "p99 ms", "max ms"])];
    for phase in figures.phases.iter().filter(|phase| phase.took.count() > 0) {
        let took = &phase.took;
        let quantile = |quantile| short(took.quantile_ms(quantile));
        rows.push(vec![
            phase.step.name().to_owned(),
            took.count().to_string(),
            quantile(0.5),
            quantile(0.9),
            quantile(0.99),
            short(took.max_ms()),
        ]);
    }
    rows
}

/// What was counted.
pub(crate) fn counts(figures: &Figures) -> Rows {
    let (devices, messages) = (&figures.devices, &figures.messages);
    let mut rows = vec![row(["counted", ""])];
    let mut count = |name: &str, value: u64| rows.push(vec![name.to_owned(), value.to_string()]);
    count("devices", devices.total);
    if devices.off > 0 {
        count("never switched on", devices.off);
    }
    count("connected at least once", devices.connected);
    count("connected at the end", devices.connected_at_end);
    count("reconnects", devices.reconnects);
    count("published", messages.published);
    count("acknowledged", messages.acknowledged);
    if let Some(delivered) = &messages.delivered {
        count("telemetry observed", delivered.observed);
        count("lost", delivered.lost);
        count("duplicated", delivered.duplicated);
    }
    rows
}

/// What went wrong, and how often.
pub(crate) fn failures(figures: &Figures) -> Rows {
    let mut rows = vec![row(["failure", "count"])];
    rows.extend(figures.failures.iter().map(|(failure, count)| vec![failure.clone(), count.to_string()]));
    rows
}

/// Milliseconds, to three digits or more.
fn short(ms: f64) -> String {
    if ms < 100.0 { format!("{ms:.1}") } else { format!("{ms:.0}") }
}

fn row<const N: usize>(cells: [&str; N]) -> Vec<String> {
    cells.map(str::to_owned).to_vec()
}
