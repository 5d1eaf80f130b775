//! A Markdown table whose columns are aligned, so that it can be read as it is.

const REACHED: &str = "ok";
const SHORT: &str = "**short**";
const WHEN_IDLE: &str = "ok when idle";

/// The last cell of a row: nothing where nothing was promised.
pub(super) fn verdict(promised: bool, short: bool) -> String {
    match (promised, short) {
        (false, _) => "",
        (true, false) => REACHED,
        (true, true) => SHORT,
    }
    .into()
}

/// The same of a figure that falls short in all rounds, and that only an idle machine has to reach.
pub(super) fn verdict_when_idle(short: bool) -> String {
    if short { SHORT } else { WHEN_IDLE }.into()
}

/// How many figures reach what they must.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Verdicts {
    pub(super) reached: usize,
    /// Only in the rounds in which the machine was idle, as it is to be.
    pub(super) when_idle: usize,
    pub(super) short: usize,
}

impl Verdicts {
    pub(super) fn of(tables: &[Table]) -> Self {
        let cells = || tables.iter().flat_map(|table| table.rows.iter().flatten());
        let count = |verdict: &str| cells().filter(|cell| *cell == verdict).count();
        Self { reached: count(REACHED), when_idle: count(WHEN_IDLE), short: count(SHORT) }
    }

    pub(super) const fn count(self) -> usize {
        self.reached + self.when_idle + self.short
    }

    /// Those that reach it in some way, in a few words.
    pub(super) fn reaching(self) -> String {
        match self.when_idle {
            0 => self.reached.to_string(),
            some => format!(
                "{} ({some} of them in the rounds in which the machine was idle)",
                self.reached + some
            ),
        }
    }
}

pub(super) struct Table {
    title: String,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(super) fn new(title: &str, header: &[&str]) -> Self {
        let header = header.iter().map(|&cell| cell.to_owned()).collect();
        Self { title: title.into(), rows: vec![header] }
    }

    pub(super) fn row(&mut self, cells: Vec<String>) {
        assert_eq!(cells.len(), self.rows[0].len(), "one cell a column");
        self.rows.push(cells);
    }

    pub(super) fn markdown(&self) -> String {
        format!("## {}\n\n{}", self.title, self.rows())
    }

    /// The table alone.
    pub(super) fn rows(&self) -> String {
        let width =
            |column: usize| self.rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..self.rows[0].len()).map(|column| width(column).max(3)).collect();
        let mut text = String::new();
        for (number, row) in self.rows.iter().enumerate() {
            text.push('|');
            for (cell, width) in row.iter().zip(&widths) {
                text.push_str(&format!(" {cell:<width$} |"));
            }
            text.push('\n');
            if number == 0 {
                widths.iter().for_each(|width| text.push_str(&format!("|{}", "-".repeat(width + 2))));
                text.push_str("|\n");
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::{Table, Verdicts, verdict, verdict_when_idle};

    #[test]
    fn columns_are_aligned() {
        let mut table = Table::new("T", &["a", "long"]);
        table.row(vec!["12345".into(), "x".into()]);
        let text = "## T\n\n| a     | long |\n|-------|------|\n| 12345 | x    |\n";
        assert_eq!(table.markdown(), text);
    }

    #[test]
    fn verdicts_are_counted() {
        let mut table = Table::new("T", &["", "figure"]);
        for (promised, short) in [(true, true), (true, false), (true, false), (false, true)] {
            table.row(vec![verdict(promised, short), "1".into()]);
        }
        for short in [true, false, false] {
            table.row(vec![verdict_when_idle(short), "1".into()]);
        }
        let verdicts = Verdicts::of(&[table]);
        assert_eq!(verdicts, Verdicts { reached: 2, when_idle: 2, short: 2 });
        assert_eq!(verdicts.count(), 6);
        assert_eq!(verdicts.reaching(), "4 (2 of them in the rounds in which the machine was idle)");
        assert_eq!(Verdicts { when_idle: 0, ..verdicts }.reaching(), "2");
    }
}
