//! A Markdown table whose columns are aligned, so that it can be read as it is.

const REACHED: &str = "ok";
const SHORT: &str = "**short**";

/// The last cell of a row: nothing where nothing was promised.
pub(super) fn verdict(promised: bool, short: bool) -> String {
    match (promised, short) {
        (false, _) => "",
        (true, false) => REACHED,
        (true, true) => SHORT,
    }
    .into()
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

    /// How many figures reach what they must, and how many fall short of it.
    pub(super) fn verdicts(&self) -> (usize, usize) {
        let count = |verdict: &str| self.rows.iter().flatten().filter(|cell| *cell == verdict).count();
        (count(REACHED), count(SHORT))
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
    use super::{Table, verdict};

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
        assert_eq!(table.verdicts(), (2, 1));
    }
}
