use std::process::ExitCode;

use super::figures::Figures;

/// All well only where everything was judged.
pub(crate) fn status(broken: &[String], not_judged: &[String]) -> ExitCode {
    match (broken, not_judged) {
        ([], []) => ExitCode::SUCCESS,
        ([], _) => ExitCode::from(2),
        _ => ExitCode::from(1),
    }
}

/// What the broker promised a fleet and did not keep, and what nobody can know: of `under_way` devices, which were about to connect
/// when the run was stopped, and of those that had no power yet.
pub(crate) fn judge(figures: &mut Figures, under_way: u64) {
    let (devices, messages) = (&figures.devices, &figures.messages);
    let total = devices.total;
    let unknown = devices.off + under_way.min(total.saturating_sub(devices.connected + devices.off));
    let never = total.saturating_sub(devices.connected + unknown);
    let mut broken = Vec::new();
    if never > 0 {
        let most = figures.failures.iter().max_by_key(|(_, count)| **count);
        let why = most.map_or_else(String::new, |(failure, _)| format!(", most often: {failure}"));
        broken.push(format!("{never} of {total} devices never connected{why}"));
    }
    if devices.connected_at_end < devices.connected {
        let gone = devices.connected - devices.connected_at_end;
        broken.push(format!("{gone} of {total} devices had connected and were not connected at the end"));
    }
    if let Some(delivered) = messages.delivered.filter(|delivered| delivered.lost > 0) {
        broken.push(format!("{} messages were lost", delivered.lost));
    }
    if unknown > 0 {
        figures.not_judged.push(format!(
            "{unknown} of {total} devices: the run was stopped before they were switched on and connected"
        ));
    }
    figures.broken = broken;
}
