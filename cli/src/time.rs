use std::time::Duration;

/// A duration with its unit: `500ms`, `30s`, `5m`, `1h`, `7d`.
pub(crate) fn duration(text: &str) -> Result<Duration, &'static str> {
    const MEANT: &str = "a number with a unit is meant: 500ms, 30s, 5m, 1h, 7d";
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or(MEANT)?;
    let (number, unit) = text.split_at(digits);
    let unit = match unit {
        "ms" => 0.001,
        "s" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        "d" => 86_400.0,
        _ => return Err(MEANT),
    };
    let number: f64 = number.parse().map_err(|_| MEANT)?;
    let duration = Duration::try_from_secs_f64(number * unit).map_err(|_| MEANT)?;
    if duration < Duration::from_millis(1) || duration > Duration::from_secs(7 * 86_400) {
        return Err("from 1ms to seven days (7d)");
    }
    Ok(duration)
}

/// The same for a person, in the largest unit that leaves no rest.
pub(crate) fn words(duration: Duration) -> String {
    let millis = duration.as_millis();
    let units = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)];
    let (unit, length) =
        units.into_iter().find(|(_, length)| millis.is_multiple_of(*length)).unwrap_or(("ms", 1));
    format!("{}{unit}", millis / length)
}

/// Connections a second: `50/s`, `50`, `0.5/s`.
pub(crate) fn rate(text: &str) -> Result<f64, &'static str> {
    let number = text.strip_suffix("/s").unwrap_or(text);
    let rate: f64 = number.parse().map_err(|_| "a number a second is meant: 50/s")?;
    if rate.is_finite() && rate > 0.0 { Ok(rate) } else { Err("more than 0/s") }
}
