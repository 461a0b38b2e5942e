use super::chart::{self, Line, SIZE, STYLE};
use super::figures::{Figures, Sample};

/// What changed over time, each as an SVG element: devices connected, connects a second, latency of acknowledgements.
pub(crate) fn draw(figures: &Figures) -> [String; 3] {
    let line = |name, value: fn(&Sample) -> f64| Line {
        name,
        points: figures.timeline.iter().map(|sample| (sample.at as f64, value(sample))).collect(),
    };
    let quantile = |name, quantile: f64| {
        // Where nothing was acknowledged there is no latency.
        let samples = figures.timeline.iter().filter(|sample| sample.acknowledged.count() > 0);
        let point = |sample: &Sample| (sample.at as f64, sample.acknowledged.quantile_ms(quantile));
        Line { name, points: samples.map(point).collect() }
    };
    [
        chart::draw("devices connected", &[line("connected", |sample| sample.connected as f64)]),
        chart::draw("connects a second", &[line("connects", |sample| sample.connects as f64)]),
        chart::draw(
            "PUBLISH to PUBACK, ms",
            &[quantile("p50", 0.5), quantile("p90", 0.9), quantile("p99", 0.99)],
        ),
    ]
}

/// All of them below each other, as one SVG document.
pub(crate) fn stacked(charts: &[String]) -> String {
    let (width, height) = SIZE;
    let total = height * u32::try_from(charts.len()).unwrap_or(u32::MAX);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\" viewBox=\"-8 -8 {} {}\">\n<style>\n{STYLE}</style>\n<rect class=\"paper\" x=\"-8\" y=\"-8\" width=\"100%\" height=\"100%\"/>\n",
        2 * (width + 16),
        2 * (total + 16),
        width + 16,
        total + 16,
    );
    for (number, chart) in (0..).zip(charts) {
        let place = format!("<svg y=\"{}\" width=\"{width}\" height=\"{height}\"", number * height);
        svg.push_str(&chart.replacen("<svg", &place, 1));
    }
    svg + "</svg>\n"
}
