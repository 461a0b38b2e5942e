use super::figures::Figures;

/// What the broker promised a fleet and did not keep.
pub(crate) fn broken(figures: &Figures) -> Vec<String> {
    let (devices, messages) = (&figures.devices, &figures.messages);
    let mut broken = Vec::new();
    let total = devices.total;
    if devices.connected < total {
        let never = total - devices.connected;
        let most = figures.failures.iter().max_by_key(|(_, count)| **count);
        let why = most.map_or_else(String::new, |(failure, _)| format!(", most often: {failure}"));
        broken.push(format!("{never} of {total} devices never connected{why}"));
    }
    if devices.connected_at_end < devices.connected {
        let gone = devices.connected - devices.connected_at_end;
        broken.push(format!("{gone} of {total} devices had connected and were not connected at the end"));
    }
    if messages.lost > 0 {
        broken.push(format!("{} messages were lost", messages.lost));
    }
    broken
}
