use std::fmt::Write;

/// Pixels of one chart. At 400 pixels a page shows it as it is, at 1280 three beside each other: its letters never shrink.
pub(super) const SIZE: (u32, u32) = (420, 260);

/// Where the curves are: left, right, top, bottom.
const PLOT: (f64, f64, f64, f64) = (50.0, 412.0, 48.0, 218.0);

/// Spaces between two lines of the grid at most.
const SPACES: f64 = 5.0;

/// What a line is drawn with, in a page or in a file of its own: `--line-1` to `--line-3` differ for every eye (the palette of Okabe and
/// Ito), and each has another dash.
pub(super) const STYLE: &str = "\
:root { --text: #1b1b1b; --quiet: #595959; --paper: #ffffff; --grid: #d9d9d9; --line-1: #0072b2; --line-2: #b34700; --line-3: #00724f }
@media (prefers-color-scheme: dark) {
  :root { --text: #ececec; --quiet: #b0b0b0; --paper: #16181c; --grid: #3a3d44; --line-1: #56b4e9; --line-2: #e69f00; --line-3: #2fbf94 }
}
.paper { fill: var(--paper) }
.chart text { font: 13px sans-serif; fill: var(--text) }
.chart .title { font-size: 16px; font-weight: bold }
.chart .axis { fill: var(--quiet) }
.chart .grid { stroke: var(--grid); stroke-width: 1 }
.chart polyline, .chart .sample { fill: none; stroke-width: 2; stroke-linejoin: round }
.chart .line-1 { stroke: var(--line-1) }
.chart .line-2 { stroke: var(--line-2); stroke-dasharray: 7 3 }
.chart .line-3 { stroke: var(--line-3); stroke-dasharray: 2 3 }
";

/// A line of a chart: its name and its points, seconds and values, in the order of time.
pub(super) struct Line {
    pub(super) name: &'static str,
    pub(super) points: Vec<(f64, f64)>,
}

/// Up to three lines over time, as one SVG element.
pub(super) fn draw(title: &str, lines: &[Line]) -> String {
    let (width, height) = SIZE;
    let (left, right, top, bottom) = PLOT;
    let points = || lines.iter().flat_map(|line| &line.points);
    let end = points().map(|(at, _)| *at).fold(1.0, f64::max);
    let most = points().map(|(_, value)| *value).fold(1.0, f64::max);
    let (across, up) = (Axis::to(end), Axis::to(most));
    let x = |at: f64| left + (right - left) * at / end;
    let y = |value: f64| bottom - (bottom - top) * value / up.end;

    let mut svg = format!(
        "<svg class=\"chart\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{title}\">\n"
    );
    let mut add = |element: std::fmt::Arguments<'_>| {
        // A string takes everything.
        let _ = writeln!(svg, "{element}");
    };
    add(format_args!("<text class=\"title\" x=\"0\" y=\"16\">{title}</text>"));
    for tick in up.ticks() {
        let at = y(tick);
        add(format_args!(
            "<line class=\"grid\" x1=\"{left}\" y1=\"{at:.1}\" x2=\"{right}\" y2=\"{at:.1}\"/>"
        ));
        let (beside, middle, label) = (left - 6.0, at + 4.0, up.label(tick));
        add(format_args!(
            "<text class=\"axis\" x=\"{beside}\" y=\"{middle:.1}\" text-anchor=\"end\">{label}</text>"
        ));
    }
    for tick in across.ticks().filter(|tick| *tick <= end) {
        let (at, below, label) = (x(tick), bottom + 18.0, across.label(tick));
        add(format_args!(
            "<text class=\"axis\" x=\"{at:.1}\" y=\"{below}\" text-anchor=\"middle\">{label}</text>"
        ));
    }
    let below = bottom + 36.0;
    add(format_args!("<text class=\"axis\" x=\"{right}\" y=\"{below}\" text-anchor=\"end\">seconds</text>"));
    for (number, Line { name, points }) in (1..).zip(lines) {
        if lines.len() > 1 {
            // Below the title, where no curve goes; a line by itself needs no name beside it.
            let begin = left + f64::from(number - 1) * 76.0;
            let (end, text) = (begin + 26.0, begin + 32.0);
            add(format_args!(
                "<line class=\"sample line-{number}\" x1=\"{begin}\" y1=\"33\" x2=\"{end}\" y2=\"33\"/>"
            ));
            add(format_args!("<text x=\"{text}\" y=\"37\">{name}</text>"));
        }
        let shown = thinned(points, end_of(points), (right - left) as usize);
        let points: Vec<String> =
            shown.iter().map(|(at, value)| format!("{:.1},{:.1}", x(*at), y(*value))).collect();
        add(format_args!("<polyline class=\"line-{number}\" points=\"{}\"/>", points.join(" ")));
    }
    svg + "</svg>\n"
}

fn end_of(points: &[(f64, f64)]) -> f64 {
    points.last().map_or(1.0, |(at, _)| at.max(1.0))
}

/// The lowest and the highest point of each of so many columns: a run of days has more points than there are pixels, and no peak may be lost.
fn thinned(points: &[(f64, f64)], end: f64, columns: usize) -> Vec<(f64, f64)> {
    if points.len() <= 2 * columns {
        return points.to_vec();
    }
    let column = |at: f64| (at / end * columns as f64) as usize;
    points
        .chunk_by(|one, other| column(one.0) == column(other.0))
        .flat_map(|chunk| {
            let by_value = |one: &&(f64, f64), other: &&(f64, f64)| one.1.total_cmp(&other.1);
            let mut extremes: Vec<(f64, f64)> =
                [chunk.iter().min_by(by_value), chunk.iter().max_by(by_value)]
                    .into_iter()
                    .flatten()
                    .copied()
                    .collect();
            extremes.sort_by(|one, other| one.0.total_cmp(&other.0));
            extremes.dedup();
            extremes
        })
        .collect()
}

/// From 0 to the first tick that is not below the highest value.
struct Axis {
    step: f64,
    end: f64,
}

impl Axis {
    /// With ticks of 1, 2 or 5 times a power of ten.
    fn to(most: f64) -> Self {
        let power = 10_f64.powf((most / SPACES).log10().floor());
        let steps = [1.0, 2.0, 5.0, 10.0].map(|digit| digit * power);
        let step = steps.into_iter().find(|step| step * SPACES >= most).unwrap_or(most);
        Self { step, end: (most / step).ceil() * step }
    }

    fn ticks(&self) -> impl Iterator<Item = f64> + use<> {
        let (step, last) = (self.step, (self.end / self.step).round() as u32);
        (0..=last).map(move |number| f64::from(number) * step)
    }

    /// With as many decimals as the step has.
    fn label(&self, tick: f64) -> String {
        let decimals = (-self.step.log10().floor()).max(0.0) as usize;
        match (tick, self.step) {
            (tick, step) if step >= 1e6 => format!("{}M", tick / 1e6),
            (tick, step) if step >= 1e3 => format!("{}k", tick / 1e3),
            _ => format!("{tick:.decimals$}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Axis, thinned};

    #[test]
    fn an_axis_has_round_ticks_that_reach_the_highest_value() {
        for (most, expected) in [
            (1.0, vec!["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
            (7.3, vec!["0", "2", "4", "6", "8"]),
            (200.0, vec!["0", "50", "100", "150", "200"]),
            (10_000.0, vec!["0k", "2k", "4k", "6k", "8k", "10k"]),
            (0.13, vec!["0.00", "0.05", "0.10", "0.15"]),
        ] {
            let axis = Axis::to(most);
            assert_eq!(axis.ticks().map(|tick| axis.label(tick)).collect::<Vec<_>>(), expected, "{most}");
        }
    }

    #[test]
    fn a_peak_of_one_second_stays_in_a_run_of_days() {
        let mut points: Vec<(f64, f64)> = (0..500_000).map(|at| (f64::from(at), 10.0)).collect();
        points[123_456].1 = 99.0;
        points[400_000].1 = 1.0;
        let shown = thinned(&points, 500_000.0, 362);
        assert!(shown.len() <= 2 * 363, "{}", shown.len());
        assert!(shown.contains(&(123_456.0, 99.0)) && shown.contains(&(400_000.0, 1.0)));
        assert!(shown.is_sorted_by(|one, other| one.0 < other.0));
    }
}
