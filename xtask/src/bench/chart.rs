//! Grouped horizontal bars on a logarithmic axis, as an SVG that reads on light and on dark ground.

use super::svg::{Svg, colour};

pub(super) struct Chart {
    pub(super) title: String,
    pub(super) caption: String,
    pub(super) groups: Vec<Group>,
}

pub(super) struct Group {
    pub(super) name: String,
    pub(super) bars: Vec<Bar>,
}

/// Ours beside one peer.
pub(super) struct Bar {
    pub(super) peer: &'static str,
    pub(super) ratio: f64,
    pub(super) must_reach: Option<f64>,
}

/// Between the names and the axis' end.
const LEFT: f64 = 140.0;
const RIGHT: f64 = 800.0;
const TOP: f64 = 84.0;
const BAR: f64 = 11.0;
const GAP: f64 = 12.0;

impl Chart {
    pub(super) fn svg(&self) -> String {
        let mut bars = Bars { svg: Svg::default(), y: TOP, axis: self.axis() };
        let peers = self.peers();
        bars.svg.heading(&self.title, &self.caption);
        bars.legend(&peers);
        for group in &self.groups {
            bars.group(group, &peers);
        }
        bars.finish(&self.title)
    }

    fn axis(&self) -> Axis {
        let bars = || self.groups.iter().flat_map(|group| &group.bars);
        let values = || bars().flat_map(|bar| [Some(bar.ratio), bar.must_reach].into_iter().flatten());
        Axis { from: values().fold(1.0, f64::min) * 0.9, to: values().fold(2.0, f64::max) * 1.25 }
    }

    /// In the order in which they first come.
    fn peers(&self) -> Vec<&'static str> {
        let mut peers = Vec::new();
        for bar in self.groups.iter().flat_map(|group| &group.bars) {
            if !peers.contains(&bar.peer) {
                peers.push(bar.peer);
            }
        }
        peers
    }
}

struct Axis {
    from: f64,
    to: f64,
}

impl Axis {
    fn x(&self, value: f64) -> f64 {
        let part = (value.max(self.from) / self.from).ln() / (self.to / self.from).ln();
        LEFT + part * (RIGHT - LEFT)
    }

    fn ticks(&self) -> impl Iterator<Item = f64> {
        let ticks = [0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0];
        ticks.into_iter().filter(|tick| (self.from..=self.to).contains(tick))
    }
}

struct Bars {
    svg: Svg,
    y: f64,
    axis: Axis,
}

impl Bars {
    fn legend(&mut self, peers: &[&str]) {
        let mut x = 12.0;
        for (number, peer) in peers.iter().enumerate() {
            let colour = colour(number);
            self.svg.add(&format!("<rect x=\"{x}\" y=\"54\" width=\"11\" height=\"11\" fill=\"{colour}\"/>"));
            self.svg.words(x + 16.0, 64.0, "", peer);
            x += 34.0 + 6.6 * peer.chars().count() as f64;
        }
        self.svg.path("f", &format!("M{x} 53v13"));
        self.svg.words(x + 8.0, 64.0, "", "must reach");
    }

    fn group(&mut self, group: &Group, peers: &[&str]) {
        let height = BAR * group.bars.len() as f64;
        self.svg.words(LEFT - 10.0, self.y + height / 2.0 + 4.0, "n", &group.name);
        for bar in &group.bars {
            let number = peers.iter().position(|peer| *peer == bar.peer).unwrap_or(0);
            let (one, end, y) = (self.axis.x(1.0), self.axis.x(bar.ratio), self.y);
            // What is slower than its peer grows to the left of the line at 1.
            let (x, width) = (one.min(end), (end - one).abs().max(1.0));
            self.svg.add(&format!(
                "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{:.1}\" fill=\"{}\"/>",
                BAR - 1.5,
                colour(number)
            ));
            let floor = bar.must_reach.map(|floor| self.axis.x(floor));
            if let Some(x) = floor {
                self.svg.path("f", &format!("M{x:.1} {:.1}v{:.1}", y - 0.5, BAR - 0.5));
            }
            // Not under the mark of the floor.
            let right = one.max(end);
            let x = floor.filter(|x| (right - 2.0..right + 34.0).contains(x)).unwrap_or(right) + 5.0;
            let value =
                if bar.ratio < 10.0 { format!("{:.1}", bar.ratio) } else { format!("{:.0}", bar.ratio) };
            self.svg.words(x, y + BAR - 1.5, "", &value);
            self.y += BAR;
        }
        self.y += GAP;
    }

    fn finish(self, title: &str) -> String {
        let bottom = self.y - GAP + 4.0;
        let mut grid = Svg::default();
        for tick in self.axis.ticks() {
            let (x, class) = (self.axis.x(tick), if tick == 1.0 { "o" } else { "g" });
            grid.path(class, &format!("M{x:.1} {:.1}V{bottom:.1}", TOP - 6.0));
            grid.words(x, bottom + 16.0, "m", &format!("{tick}\u{d7}"));
        }
        self.svg.document(&grid, title, bottom + 28.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{Bar, Chart, Group};

    #[test]
    fn longer_bars_are_faster_and_words_are_escaped() {
        let bar = |ratio| Bar { peer: "a<b", ratio, must_reach: Some(3.0) };
        let group = Group { name: "g".into(), bars: vec![bar(2.0), bar(8.0), bar(0.5)] };
        let svg = Chart { title: "t&t".into(), caption: String::new(), groups: vec![group] }.svg();
        assert!(svg.contains("a&lt;b") && svg.contains("t&amp;t"));
        let bars: Vec<&str> = svg.lines().filter(|line| line.contains("height=\"9.5\"")).collect();
        let number = |line: &str, name: &str| -> f64 {
            let (_, rest) = line.split_once(&format!(" {name}=\"")).expect("the attribute is there");
            rest.split('"').next().and_then(|it| it.parse().ok()).expect("a number")
        };
        assert!(number(bars[1], "width") > 2.9 * number(bars[0], "width"));
        assert!(number(bars[2], "x") < number(bars[0], "x"));
    }
}
