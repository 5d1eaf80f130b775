//! Where bytes come from or go to.

use clap::builder::{PathBufValueParser, TypedValueParser};
use std::{
    fmt::{self, Write},
    path::PathBuf,
};

/// A file by its path, or a standard stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// `-`.
    Standard,
    File(PathBuf),
}

impl Place {
    /// Reads one from the command line.
    pub(crate) fn parser() -> impl TypedValueParser<Value = Self> {
        PathBufValueParser::new().map(|path| match path.to_str() {
            Some("-" | "/dev/stdin" | "/dev/stdout") => Self::Standard,
            _ => Self::File(path),
        })
    }

    /// How an input is called in a sentence: `disk.img`, or `standard input`.
    pub(crate) fn subject(&self) -> String {
        match self {
            Self::Standard => "standard input".to_owned(),
            file => file.to_string(),
        }
    }

    /// How it is written on the command line.
    pub(crate) fn argument(&self) -> String {
        match self {
            Self::Standard => "-".to_owned(),
            Self::File(path) => {
                let mut path = path.to_string_lossy();
                if path.starts_with('-') {
                    path = format!("./{path}").into();
                }
                if path.chars().all(|c| c.is_alphanumeric() || "/._-+:@%,=".contains(c)) {
                    path.into_owned()
                } else {
                    format!("'{}'", path.replace('\'', r"'\''"))
                }
            }
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Standard => f.write_str("-"),
            // A name must not move the cursor of the terminal that it is shown on.
            Self::File(path) => path.to_string_lossy().chars().try_for_each(|c| match c.is_control() {
                true => write!(f, "{}", c.escape_default()),
                false => f.write_char(c),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_argument_can_be_pasted_into_a_shell() {
        let argument = |path: &str| Place::File(path.into()).argument();
        assert_eq!(argument("a/b-1.img"), "a/b-1.img");
        assert_eq!(argument("my disk.img"), "'my disk.img'");
        assert_eq!(argument("it's"), r"'it'\''s'");
        assert_eq!(argument("-q"), "./-q");
    }

    #[test]
    fn control_characters_are_not_shown_raw() {
        assert_eq!(Place::File("a\x1b[2Jb\n".into()).to_string(), "a\\u{1b}[2Jb\\n");
    }
}
