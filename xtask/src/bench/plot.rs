//! Lines over lengths that double, as an SVG in the manner of the [chart](super::chart).

use std::fmt::Write as _;

use super::svg::{Svg, WIDTH, colour};

pub(super) struct Plot {
    pub(super) title: String,
    pub(super) caption: String,
    /// What the vertical axis counts; it begins at 0.
    pub(super) unit: &'static str,
    pub(super) lines: Vec<Line>,
    /// Named as `must stay under`.
    pub(super) limit: f64,
}

pub(super) struct Line {
    pub(super) name: &'static str,
    /// Bytes, and what was measured.
    pub(super) points: Vec<(u64, f64)>,
}

const LEFT: f64 = 60.0;
const RIGHT: f64 = WIDTH - 60.0;
const TOP: f64 = 96.0;
const BOTTOM: f64 = 340.0;

impl Plot {
    pub(super) fn svg(&self) -> String {
        let (mut svg, mut grid) = (Svg::default(), Svg::default());
        svg.heading(&self.title, &self.caption);
        self.legend(&mut svg);
        let axes = self.axes();
        axes.grid(&mut grid, self);
        for (number, line) in self.lines.iter().enumerate() {
            let mut path = String::new();
            for (point, (bytes, value)) in line.points.iter().enumerate() {
                let (x, y) = (axes.x(*bytes), axes.y(*value));
                let command = if point == 0 { 'M' } else { 'L' };
                write!(path, "{command}{x:.1} {y:.1}").expect("a string takes all");
                let colour = colour(number);
                svg.add(&format!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.5\" fill=\"{colour}\"/>"));
                // The first line's values stand above it, the others' below.
                let y =
                    clear_of(axes.y(self.limit), if number == 0 { y - 9.0 } else { y + 18.0 }, number == 0);
                svg.words(x, y, "m", &format!("{value:.2}"));
            }
            svg.add(&format!("<path class=\"l\" stroke=\"{}\" d=\"{path}\"/>", colour(number)));
        }
        svg.document(&grid, &self.title, BOTTOM + 30.0)
    }

    fn legend(&self, svg: &mut Svg) {
        let mut x = 12.0;
        for (number, line) in self.lines.iter().enumerate() {
            let colour = colour(number);
            svg.add(&format!("<rect x=\"{x}\" y=\"58\" width=\"14\" height=\"4\" fill=\"{colour}\"/>"));
            svg.words(x + 20.0, 64.0, "", line.name);
            x += 40.0 + 6.6 * line.name.chars().count() as f64;
        }
        svg.path("f d", &format!("M{x} 60h16"));
        svg.words(x + 22.0, 64.0, "", "the scan must stay under");
    }

    fn axes(&self) -> Axes {
        let points = || self.lines.iter().flat_map(|line| &line.points);
        let values = points().map(|point| point.1);
        Axes {
            from: points().map(|point| point.0).min().unwrap_or(1),
            to: points().map(|point| point.0).max().unwrap_or(2),
            most: values.fold(self.limit, f64::max) * 1.12,
        }
    }
}

/// The baseline of words that the line at `limit` does not strike through.
fn clear_of(limit: f64, baseline: f64, above: bool) -> f64 {
    let struck = (baseline - 11.0..baseline + 3.0).contains(&limit);
    match (struck, above) {
        (false, _) => baseline,
        (true, true) => limit - 5.0,
        (true, false) => limit + 13.0,
    }
}

struct Axes {
    from: u64,
    to: u64,
    most: f64,
}

impl Axes {
    fn x(&self, bytes: u64) -> f64 {
        let log = |bytes: u64| (bytes as f64).log2();
        let part = (log(bytes) - log(self.from)) / (log(self.to) - log(self.from));
        // Room for the first value's and the last value's words.
        LEFT + 30.0 + part * (RIGHT - LEFT - 60.0)
    }

    fn y(&self, value: f64) -> f64 {
        BOTTOM - value / self.most * (BOTTOM - TOP)
    }

    fn grid(&self, grid: &mut Svg, plot: &Plot) {
        let step = [0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0]
            .into_iter()
            .find(|step| self.most / step <= 7.0)
            .unwrap_or(self.most / 5.0);
        for tick in (0..).map(|number| f64::from(number) * step).take_while(|tick| *tick <= self.most) {
            let y = self.y(tick);
            grid.path(if tick == 0.0 { "o" } else { "g" }, &format!("M{LEFT} {y:.1}H{RIGHT}"));
            grid.words(LEFT - 8.0, y + 4.0, "n", &format!("{}", (tick * 10.0).round() / 10.0));
        }
        grid.words(12.0, TOP - 12.0, "", plot.unit);
        for (bytes, _) in plot.lines.first().map_or(&[][..], |line| &line.points) {
            grid.words(self.x(*bytes), BOTTOM + 18.0, "m", &length(*bytes));
        }
        grid.path("f d", &format!("M{LEFT} {:.1}H{RIGHT}", self.y(plot.limit)));
    }
}

/// Bytes in the largest unit that divides them.
pub(super) fn length(bytes: u64) -> String {
    match bytes {
        _ if bytes >= 1 << 30 && bytes.trailing_zeros() >= 30 => format!("{} GiB", bytes >> 30),
        _ if bytes >= 1 << 20 && bytes.trailing_zeros() >= 20 => format!("{} MiB", bytes >> 20),
        _ if bytes >= 1 << 10 && bytes.trailing_zeros() >= 10 => format!("{} KiB", bytes >> 10),
        _ => format!("{bytes} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Axes, BOTTOM, clear_of, length};

    #[test]
    fn doubling_is_a_step_and_zero_is_the_ground() {
        let axes = Axes { from: 1 << 24, to: 1 << 32, most: 2.0 };
        let step = axes.x(1 << 26) - axes.x(1 << 24);
        assert!((axes.x(1 << 32) - axes.x(1 << 24) - 4.0 * step).abs() < 1e-9);
        assert!((axes.y(0.0) - BOTTOM).abs() < 1e-9 && axes.y(1.0) < axes.y(0.5));
    }

    #[test]
    fn no_words_are_struck_through() {
        assert_eq!([clear_of(100.0, 50.0, true), clear_of(100.0, 105.0, true)], [50.0, 95.0]);
        assert_eq!([clear_of(100.0, 105.0, false), clear_of(100.0, 120.0, false)], [113.0, 120.0]);
    }

    #[test]
    fn lengths_are_said_in_their_units() {
        assert_eq!(
            [length(4096), length(3 << 20), length(1 << 32), length(1000)],
            ["4 KiB", "3 MiB", "4 GiB", "1000 bytes"]
        );
    }
}
