//! The report of a fleet as a page: what stands in it, and what a browser makes of it.

use std::path::Path;
use std::process::Command;

use rstest::rstest;
use serde_json::{Value, json};

use crate::program::Program;

/// A run of a minute, with every kind of figure and words of some length.
fn report(broken: &[&str]) -> Value {
    let took = |base: u64| {
        let buckets: Vec<(u64, u64)> = (1..20).map(|step| (base * step, 21 - step)).collect();
        json!({"count": 0, "p50_ms": 0.0, "p90_ms": 0.0, "p99_ms": 0.0, "max_ms": 0.0, "buckets_us": buckets})
    };
    let phase = |name: &str, base: u64| {
        let mut phase = took(base);
        phase["name"] = name.into();
        phase
    };
    let steps = [
        ("tcp", 90),
        ("tls", 2_000),
        ("connack", 300),
        ("puback", 700),
        ("delivery", 900),
        ("reconnect", 1_000_000),
    ];
    let second = |at: u64| json!({"at": at, "connected": 50 * at.min(20), "connects": 50, "acknowledged": took(100 * at)});
    json!({
        "broker": {"address": "mqtts://broker.of-the-greenhouse.plantops.example:8883", "version": "2.0.21"},
        "started_at": 1_767_225_600,
        "seconds": 61.5,
        "seed": 4711,
        "fleet": {"devices": 1000, "workers": 1, "slices": [1]},
        "devices": {
            "total": 1000, "off": 0, "connected": 1000, "connected_at_end": 1000, "reconnects": 12,
            "by_firmware": {"arduino-pubsubclient": 250, "idf-5.5": 750},
        },
        "messages": {"published": 123_456, "acknowledged": 123_456, "observed": 123_456, "lost": 0, "duplicated": 0},
        "failures": {"esp_err 0x801A, stack_err 0x2700, verify_flags 0x8, sock_errno 0": 12},
        "phases": steps.map(|(name, base)| phase(name, base)),
        "timeline": (1..=60).map(second).collect::<Vec<_>>(),
        "not_judged": [],
        "broken": broken,
    })
}

fn page(report: &Value) -> String {
    let mut program = Program::new(&["esp32", "merge", "fleet.json", "--report", "fleet.html"])
        .file("fleet.json", &report.to_string());
    assert_eq!(program.run().stderr, "");
    std::fs::read_to_string(program.folder().join("fleet.html")).unwrap()
}

/// Each of them, in this order.
#[track_caller]
fn assert_in_order(text: &str, parts: &[&str]) {
    let mut rest = text;
    for part in parts {
        let at = rest.find(part).unwrap_or_else(|| panic!("{part:?} is not behind the others in {text}"));
        rest = &rest[at + part.len()..];
    }
}

#[test]
fn the_verdict_comes_first_then_what_ran_then_figures_then_curves() {
    assert_in_order(
        &page(&report(&[])),
        &[
            "<h1>1000 devices on mqtts://broker.of-the-greenhouse.plantops.example:8883</h1>",
            "\u{2713} every device connected, nothing was lost",
            "2026-01-01 00:00:00 UTC",
            "61.5 s",
            "Mosquitto 2.0.21",
            "250 arduino-pubsubclient, 750 idf-5.5",
            "4711",
            "TLS handshake",
            "telemetry observed",
            "verify_flags 0x8",
            "<svg",
            "devices connected",
            "connects a second",
            "PUBLISH to PUBACK",
        ],
    );
}

#[test]
fn what_is_broken_and_what_was_not_judged_stand_in_place_of_praise() {
    let mut report = report(&["3 messages were lost"]);
    report["fleet"]["workers"] = 2.into();
    let page = page(&report);
    assert_in_order(
        &page,
        &["<h1>", "\u{2717} broken: 3 messages were lost", "? not judged: no report of slice 2/2", "<dl>"],
    );
    assert!(!page.contains("every device connected"), "{page}");
    assert!(page.contains("1 of 2, which have 1000 devices"), "{page}");
}

#[test]
fn a_run_of_hours_is_a_page_of_some_kilobytes() {
    let mut report = report(&[]);
    let took = json!({"count": 0, "p50_ms": 0.0, "p90_ms": 0.0, "p99_ms": 0.0, "max_ms": 0.0, "buckets_us": [[1000, 1]]});
    let second = |at: u64| json!({"at": at, "connected": at % 1000, "connects": 1, "acknowledged": took});
    report["timeline"] = (1..=10_000).map(second).collect();
    let length = page(&report).len();
    assert!(length < 80_000, "{length} bytes");
}

/// Put behind the page, it says how the page looks.
const LOOK: &str = r#"<script>
const channels = colour => colour.match(/[\d.]+/g).slice(0, 3).map(Number);
const luminance = colour => {
  const [r, g, b] = channels(colour).map(c => (c /= 255) <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4);
  return .2126 * r + .7152 * g + .0722 * b;
};
const paper = getComputedStyle(document.body).backgroundColor;
const contrast = colour => {
  const [low, high] = [luminance(colour), luminance(paper)].sort((a, b) => a - b);
  return (high + .05) / (low + .05);
};
const html = [...document.querySelectorAll("h1, p, dt, dd, th, td")].filter(element => element.textContent);
const text = [...document.querySelectorAll("svg text")];
const curves = [...document.querySelectorAll("polyline")];
parent.document.body.dataset.seen = JSON.stringify({
  width: innerWidth,
  scrolls: document.documentElement.scrollWidth,
  paper: luminance(paper),
  smallest: Math.min(...html.map(element => parseFloat(getComputedStyle(element).fontSize))),
  smallest_in_curves: Math.min(...text.map(element => parseFloat(getComputedStyle(element).fontSize) * element.getScreenCTM().a)),
  contrast: Math.min(...html.map(element => contrast(getComputedStyle(element).color)), ...text.map(element => contrast(getComputedStyle(element).fill))),
  contrast_of_curves: Math.min(...curves.map(curve => contrast(getComputedStyle(curve).stroke))),
  dashes: new Set(curves.slice(-3).map(curve => getComputedStyle(curve).strokeDasharray)).size,
  outside: text.filter(element => { const at = element.getBoundingClientRect(), svg = element.ownerSVGElement.getBoundingClientRect(); return at.left < svg.left - 1 || at.right > svg.right + 1 }).map(element => element.textContent),
});
</script>"#;

/// What a browser says of the page.
fn seen(page: &str, width: u32, dark: bool) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("page.html");
    // In a frame: a window is never narrower than 500 pixels.
    let framed =
        page.replace("</body>", &format!("{LOOK}</body>")).replace('&', "&amp;").replace('"', "&quot;");
    let frame = format!(
        "<!DOCTYPE html><meta name=\"color-scheme\" content=\"light dark\"><body><iframe width=\"{width}\" height=\"800\" frameborder=\"0\" srcdoc=\"{framed}\"></iframe></body>"
    );
    std::fs::write(&file, frame).unwrap();
    let output = Command::new(browser())
        // The page is our own, and root has no sandbox.
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--dump-dom"])
        .arg(format!("--blink-settings=preferredColorScheme={}", u8::from(!dark)))
        .arg("--window-size=1400,900")
        .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
        .arg(&file)
        .output()
        .unwrap();
    let dom = String::from_utf8_lossy(&output.stdout);
    let seen = dom.split_once("data-seen=\"").and_then(|(_, rest)| rest.split_once('"'));
    let (seen, _) = seen.unwrap_or_else(|| panic!("{dom}\n{}", String::from_utf8_lossy(&output.stderr)));
    serde_json::from_str(&seen.replace("&quot;", "\"")).unwrap()
}

fn browser() -> &'static str {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let has =
        |name: &&&str| std::env::split_paths(&path).any(|folder| Path::new(&folder).join(name).exists());
    ["chromium", "chromium-browser", "google-chrome"]
        .iter()
        .find(has)
        .expect("no browser: `make setup` installs one")
}

#[rstest]
fn a_browser_shows_it_readable_on_a_phone_and_on_a_desk_by_day_and_by_night(
    #[values(400, 1280)] width: u32,
    #[values(false, true)] dark: bool,
) {
    let mut report = report(&["3 messages were lost"]);
    report["fleet"]["workers"] = 2.into();
    let seen = seen(&page(&report), width, dark);
    let number = |key: &str| seen[key].as_f64().unwrap_or_else(|| panic!("{key}: {seen:#}"));
    assert_eq!(number("width"), f64::from(width), "{seen:#}");
    assert!(number("scrolls") <= f64::from(width), "{seen:#}");
    assert_eq!(number("paper") < 0.1, dark, "{seen:#}");
    assert!(number("smallest") >= 14.0 && number("smallest_in_curves") >= 11.0, "{seen:#}");
    // WCAG 2.2, 1.4.3 and 1.4.11.
    assert!(number("contrast") >= 4.5 && number("contrast_of_curves") >= 3.0, "{seen:#}");
    assert_eq!((&seen["dashes"], &seen["outside"]), (&json!(3), &json!([])), "{seen:#}");
}

#[test]
fn a_page_that_is_wider_than_a_phone_is_found_out() {
    let wide = page(&report(&[]))
        .replace("</style>", "table { min-width: 700px } text { font-size: 4px !important }</style>");
    let seen = seen(&wide, 400, false);
    assert!(seen["scrolls"].as_u64() > Some(400), "{seen:#}");
    assert!(seen["smallest_in_curves"].as_f64() < Some(4.5), "{seen:#}");
}
