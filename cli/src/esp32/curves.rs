use plotters::prelude::*;

use super::Error;
use super::figures::Figures;

/// Pixels of one curve.
const SIZE: (u32, u32) = (900, 300);

const BLUE: RGBColor = RGBColor(31, 119, 180);
const GREEN: RGBColor = RGBColor(44, 160, 44);
const ORANGE: RGBColor = RGBColor(255, 127, 14);
const RED: RGBColor = RGBColor(214, 39, 40);

/// A line of a chart: its name, its colour and its points.
type Line = (&'static str, RGBColor, Vec<(f64, f64)>);

/// What changed over time, as SVG documents: devices connected, connects a second, latency of acknowledgements.
pub(crate) fn draw(figures: &Figures) -> Result<[String; 3], Error> {
    let line = |name, colour, value: &dyn Fn(&super::figures::Sample) -> f64| -> Line {
        (name, colour, figures.timeline.iter().map(|sample| (sample.at as f64, value(sample))).collect())
    };
    let quantile = |name, colour, quantile: f64| -> Line {
        // Where nothing was acknowledged there is no latency.
        let samples = figures.timeline.iter().filter(|sample| sample.acknowledged.count() > 0);
        let point =
            |sample: &super::figures::Sample| (sample.at as f64, sample.acknowledged.quantile_ms(quantile));
        (name, colour, samples.map(point).collect())
    };
    Ok([
        chart("devices connected", &[line("connected", BLUE, &|sample| sample.connected as f64)])?,
        chart("connects a second", &[line("connects", BLUE, &|sample| sample.connects as f64)])?,
        chart(
            "PUBLISH to PUBACK, ms",
            &[quantile("p50", GREEN, 0.5), quantile("p90", ORANGE, 0.9), quantile("p99", RED, 0.99)],
        )?,
    ])
}

/// All of them below each other, as one SVG document.
pub(crate) fn stacked(charts: &[String]) -> String {
    let (width, height) = SIZE;
    let total = height * u32::try_from(charts.len()).unwrap_or(u32::MAX);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{total}\" viewBox=\"0 0 {width} {total}\">\n"
    );
    for (number, chart) in (0..).zip(charts) {
        svg.push_str(&format!("<g transform=\"translate(0 {})\">\n{chart}\n</g>\n", number * height));
    }
    svg.push_str("</svg>\n");
    svg
}

fn chart(title: &str, lines: &[Line]) -> Result<String, Error> {
    let mut svg = String::new();
    let points = || lines.iter().flat_map(|(_, _, points)| points);
    let end = points().map(|(at, _)| *at).fold(1.0, f64::max);
    let top = points().map(|(_, value)| *value).fold(1.0, f64::max) * 1.05;
    {
        let area = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        area.fill(&WHITE).map_err(failed)?;
        let mut chart = ChartBuilder::on(&area)
            .caption(title, ("sans-serif", 16))
            .margin(12)
            .x_label_area_size(34)
            .y_label_area_size(64)
            .build_cartesian_2d(0.0..end, 0.0..top)
            .map_err(failed)?;
        chart
            .configure_mesh()
            .x_desc("seconds")
            .light_line_style(WHITE)
            .x_label_formatter(&short)
            .y_label_formatter(&short)
            .draw()
            .map_err(failed)?;
        for (name, colour, points) in lines {
            let colour = *colour;
            chart
                .draw_series(LineSeries::new(points.iter().copied(), colour.stroke_width(2)))
                .map_err(failed)?
                .label(*name)
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], colour.stroke_width(2)));
        }
        if lines.len() > 1 {
            let labels = chart
                .configure_series_labels()
                .position(SeriesLabelPosition::UpperRight)
                .background_style(WHITE.mix(0.8))
                .draw();
            labels.map_err(failed)?;
        }
        area.present().map_err(failed)?;
    }
    Ok(svg)
}

/// As few digits as an axis needs.
fn short(value: &f64) -> String {
    if value.fract() == 0.0 { format!("{value:.0}") } else { format!("{value:.1}") }
}

fn failed(error: impl std::fmt::Display) -> Error {
    Error::Draw(error.to_string())
}
