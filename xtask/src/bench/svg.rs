//! The parts of a picture, in colours that read on light and on dark ground.

#[derive(Default)]
pub(super) struct Svg {
    text: String,
}

pub(super) const WIDTH: f64 = 860.0;
/// Told apart on white and on black, and by those who see few colours.
const COLOURS: [&str; 6] = ["#3b82c4", "#d9772b", "#2f9e77", "#b05fa3", "#8a8d91", "#b8901f"];
/// The grey of the words is dark on light ground, light on dark; without a word from the viewer it is between.
const STYLE: &str = "\
text{font:12px system-ui,sans-serif;fill:#6e7781}.t{font-size:16px;font-weight:600}.n{text-anchor:end}\
.m{text-anchor:middle}.g{stroke:#8c959f;stroke-opacity:.35}.o{stroke:#8c959f}.f{stroke:#d1242f;stroke-width:2}\
.l{fill:none;stroke-width:2.5}.d{stroke-dasharray:5 4;stroke-width:1.5}\
@media(prefers-color-scheme:light){text{fill:#1f2328}}@media(prefers-color-scheme:dark){text{fill:#d1d7e0}}";

impl Svg {
    pub(super) fn words(&mut self, x: f64, y: f64, class: &str, words: &str) {
        let words = escape(words);
        self.add(&format!("<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{words}</text>"));
    }

    pub(super) fn heading(&mut self, title: &str, caption: &str) {
        self.words(12.0, 24.0, "t", title);
        self.words(12.0, 42.0, "", caption);
    }

    /// A line along `path`, of a class.
    pub(super) fn path(&mut self, class: &str, path: &str) {
        self.add(&format!("<path class=\"{class}\" d=\"{path}\"/>"));
    }

    pub(super) fn add(&mut self, element: &str) {
        self.text.push_str(element);
        self.text.push('\n');
    }

    /// The document; what `under` holds is drawn first.
    pub(super) fn document(&self, under: &Svg, title: &str, height: f64) -> String {
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height:.0}\" width=\"{WIDTH}\" \
             height=\"{height:.0}\" role=\"img\" aria-label=\"{}\">\n<style>{STYLE}</style>\n{}{}</svg>\n",
            escape(title),
            under.text,
            self.text
        )
    }
}

pub(super) fn colour(number: usize) -> &'static str {
    COLOURS[number % COLOURS.len()]
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}
