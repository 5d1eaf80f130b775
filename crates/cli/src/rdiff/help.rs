//! The answer to `--help`.

use std::fmt::Write as _;

use super::args::{GROUPS, OptionSpec};

const USAGE: &str = "\
Usage: rdiff [OPTIONS] signature [BASIS [SIGNATURE]]
             [OPTIONS] delta SIGNATURE [NEWFILE [DELTA]]
             [OPTIONS] patch BASIS [DELTA [NEWFILE]]

";

/// The whole help, for standard output.
pub(crate) fn text() -> String {
    let mut help = USAGE.to_owned();
    for (heading, options) in GROUPS {
        help.push_str(heading);
        help.push('\n');
        for OptionSpec { short, long, value_text, help: line, .. } in *options {
            let name = format!("{long}{value_text}");
            writeln!(help, "  -{}, --{name:<20}{line}", char::from(*short)).expect("a String takes any text");
        }
    }
    help
}

#[cfg(test)]
mod tests {
    #[test]
    fn columns_line_up() {
        let help = super::text();
        for line in [
            "  -?, --help                Show this help message\n",
            "  -H, --hash=ALG            Hash algorithm: blake2 (default), md4\n",
            "  -O, --output-size=BYTES   Output buffer size\n",
            "  -z, --gzip[=LEVEL]        gzip-compress deltas\n",
        ] {
            assert!(help.contains(line), "{line:?} in\n{help}");
        }
    }
}
