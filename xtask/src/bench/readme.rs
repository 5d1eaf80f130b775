//! The part of the README that a record writes, so that the two cannot disagree.

const BEGIN: &str = "<!-- bench:begin -->";
const END: &str = "<!-- bench:end -->";

/// `text` with what stands between the marks replaced by `block`.
pub(super) fn replaced(text: &str, block: &str) -> Result<String, String> {
    let (before, rest) = text.split_once(BEGIN).ok_or_else(|| format!("README.md has no {BEGIN}"))?;
    let (_, after) = rest.split_once(END).ok_or_else(|| format!("README.md has no {END} after {BEGIN}"))?;
    Ok(format!("{before}{BEGIN}\n{}\n{END}{after}", block.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::replaced;

    #[test]
    fn only_what_stands_between_the_marks_changes() {
        let text = "a\n<!-- bench:begin -->\nold\nlines\n<!-- bench:end -->\nz\n";
        let expected = "a\n<!-- bench:begin -->\nnew\n<!-- bench:end -->\nz\n";
        assert_eq!(replaced(text, "new\n").as_deref(), Ok(expected));
        assert_eq!(replaced(expected, "new").as_deref(), Ok(expected));
    }

    #[test]
    fn marks_that_are_missing_or_turned_round_are_errors() {
        assert!(replaced("no marks", "new").is_err());
        assert!(replaced("<!-- bench:begin --> no end", "new").is_err());
        assert!(replaced("<!-- bench:end --> <!-- bench:begin -->", "new").is_err());
    }
}
