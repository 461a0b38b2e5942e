use time::OffsetDateTime;

use super::figures::Figures;
use super::{chart, curves, table};

const STYLE: &str = "\
:root { color-scheme: light dark; --well: #00613c; --unknown: #7a4b00; --broken: #a4001d }
@media (prefers-color-scheme: dark) { :root { --well: #5fd3a2; --unknown: #f0b45c; --broken: #ff8a95 } }
body { font: 16px/1.5 sans-serif; max-width: 1240px; margin: 0 auto; padding: 16px; background: var(--paper); color: var(--text); overflow-wrap: anywhere }
h1 { font-size: 1.5em; line-height: 1.25; margin: 0 0 .5em }
.verdict p { font-size: 1.15em; font-weight: bold; margin: 0 0 .5em; padding-left: .7em; border-left: .35em solid }
.well { color: var(--well) }
.unknown { color: var(--unknown) }
.broken { color: var(--broken) }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2em 1em; margin: 1.2em 0 }
dt { color: var(--quiet) }
dd { margin: 0 }
.tables { display: flex; flex-wrap: wrap; gap: 0 3em; align-items: start }
table { border-collapse: collapse; margin: 0 0 1.5em; font-variant-numeric: tabular-nums }
th, td { padding: .25em 0 .25em 1em; text-align: right; border-bottom: 1px solid var(--grid); overflow-wrap: break-word }
th:first-child, td:first-child { text-align: left; padding-left: 0 }
th { color: var(--quiet); font-weight: normal }
.curves { display: grid; gap: 1.5em; grid-template-columns: repeat(auto-fit, minmax(min(100%, 360px), 1fr)) }
.curves svg { width: 100%; max-width: 480px; height: auto }
@media (max-width: 600px) { table { font-size: 14px; width: 100% } th, td { padding-left: .4em } }
";

/// One file that needs no other: the verdict, what ran, the figures, the curves.
pub(crate) fn html(figures: &Figures) -> String {
    let title = escaped(&format!("{} devices on {}", figures.devices.total, figures.broker.address));
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n<style>\n{}{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n",
        chart::STYLE,
    );
    page += &verdict(figures);
    page += "<dl>\n";
    for (term, text) in facts(figures) {
        page += &format!("<dt>{term}</dt><dd>{}</dd>\n", escaped(&text));
    }
    page += "</dl>\n<div class=\"tables\">\n";
    for rows in [table::phases(figures), table::counts(figures), table::failures(figures)] {
        if rows.len() > 1 {
            page += &rendered(&rows);
        }
    }
    page += "</div>\n<div class=\"curves\">\n";
    page.extend(curves::draw(figures));
    page + "</div>\n</body>\n</html>\n"
}

/// In words and signs: colour is no more than a help.
fn verdict(figures: &Figures) -> String {
    let mut section = String::from("<div class=\"verdict\">\n");
    let mut say = |class: &str, text: &str| {
        section.push_str(&format!("<p class=\"{class}\">{}</p>\n", escaped(text)));
    };
    if figures.is_well() {
        say("well", &format!("\u{2713} {}", figures.praise()));
    }
    for broken in &figures.broken {
        say("broken", &format!("\u{2717} broken: {broken}"));
    }
    for unknown in &figures.not_judged {
        say("unknown", &format!("? not judged: {unknown}"));
    }
    section + "</div>\n"
}

/// What must be known to do it again.
fn facts(figures: &Figures) -> Vec<(&'static str, String)> {
    let version = figures.broker.version.as_ref();
    let version = version.map_or("version unknown".to_owned(), |version| format!("Mosquitto {version}"));
    let firmware = figures.devices.by_firmware.iter().map(|(name, count)| format!("{count} {name}"));
    let mut facts = vec![
        ("date", date(figures.started_at)),
        ("duration", format!("{:.1} s", figures.seconds)),
        ("broker", format!("{}, {version}", figures.broker.address)),
        ("firmware", firmware.collect::<Vec<_>>().join(", ")),
        ("seed", figures.seed.to_string()),
    ];
    if figures.fleet.workers > 1 {
        let slices: Vec<String> = figures.fleet.slices.iter().map(u32::to_string).collect();
        let (workers, devices) = (figures.fleet.workers, figures.fleet.devices);
        facts.push(("workers", format!("{} of {workers}, which have {devices} devices", slices.join(", "))));
    }
    facts
}

/// Seconds since 1970 on the calendar, in UTC.
fn date(seconds: u64) -> String {
    let time =
        i64::try_from(seconds).ok().and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok());
    let Some(time) = time else { return format!("{seconds} s after 1970") };
    let (hour, minute, second) = time.to_hms();
    format!(
        "{}-{:02}-{:02} {hour:02}:{minute:02}:{second:02} UTC",
        time.year(),
        u8::from(time.month()),
        time.day()
    )
}

/// The first row is the head.
fn rendered(rows: &[Vec<String>]) -> String {
    let mut text = String::from("<table>\n");
    for (number, row) in rows.iter().enumerate() {
        let cell = if number == 0 { "th" } else { "td" };
        let cells: String = row.iter().map(|text| format!("<{cell}>{}</{cell}>", escaped(text))).collect();
        text.push_str(&format!("<tr>{cells}</tr>\n"));
    }
    text + "</table>\n"
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
