//! Where bytes come from or go to.

use clap::builder::{PathBufValueParser, TypedValueParser};
use std::{
    borrow::Cow,
    fmt::{self, Write},
    path::{Path, PathBuf},
};

/// A file by its path, or a standard stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// `-`.
    Standard,
    File(PathBuf),
}

impl Place {
    /// Reads that of an input from the command line.
    pub(crate) fn input() -> impl TypedValueParser<Value = Self> {
        Self::parser(["-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"])
    }

    /// Reads that of an output.
    pub(crate) fn output() -> impl TypedValueParser<Value = Self> {
        Self::parser(["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
    }

    fn parser(standard: [&'static str; 4]) -> impl TypedValueParser<Value = Self> {
        PathBufValueParser::new().map(move |path| match path.to_str() {
            Some(name) if standard.contains(&name) => Self::Standard,
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

    /// How a program is told of it: the name as it is, `-` for a standard stream. Bytes that are not UTF-8 become U+FFFD.
    pub(crate) fn plain(&self) -> Cow<'_, str> {
        match self {
            Self::Standard => "-".into(),
            Self::File(path) => path.to_string_lossy(),
        }
    }

    /// How it is written on the command line.
    pub(crate) fn argument(&self) -> String {
        match self {
            Self::Standard => "-".to_owned(),
            Self::File(path) => {
                let quoted = match path.to_str() {
                    Some(name) if !name.contains(char::is_control) => quote(name),
                    _ => quote_bytes(path),
                };
                // In quotes it would be an option all the same.
                if path.as_os_str().as_encoded_bytes().starts_with(b"-") {
                    format!("./{quoted}")
                } else {
                    quoted
                }
            }
        }
    }
}

fn quote(name: &str) -> String {
    if name.chars().all(|c| c.is_alphanumeric() || "/._-+:@%,=".contains(c)) {
        name.to_owned()
    } else {
        format!("'{}'", name.replace('\'', r"'\''"))
    }
}

/// The form in which a shell takes any byte, and a terminal shows none that it acts on.
fn quote_bytes(path: &Path) -> String {
    let mut quoted = String::from("$'");
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\'' | '\\' => quoted.extend(['\\', c]),
                c if c.is_control() => escape(c.encode_utf8(&mut [0; 4]).as_bytes(), &mut quoted),
                c => quoted.push(c),
            }
        }
        escape(chunk.invalid(), &mut quoted);
    }
    quoted.push('\'');
    quoted
}

fn escape(bytes: &[u8], to: &mut String) {
    for byte in bytes {
        let _ = write!(to, "\\x{byte:02x}");
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
        assert_eq!(argument("-q it"), "./'-q it'");
        assert_eq!(argument("\x1b[31mred"), r"$'\x1b[31mred'");
        assert_eq!(argument("-a\nb's \\ ü\u{9b}"), r"./$'-a\x0ab\'s \\ ü\xc2\x9b'");
    }

    #[cfg(unix)]
    #[test]
    fn an_argument_may_be_any_bytes() {
        use std::os::unix::ffi::OsStrExt;
        let place = Place::File(std::ffi::OsStr::from_bytes(b"caf\xe9 1").into());
        assert_eq!(place.argument(), r"$'caf\xe9 1'");
        assert_eq!(place.plain(), "caf\u{fffd} 1");
    }

    #[test]
    fn control_characters_are_not_shown_raw() {
        assert_eq!(Place::File("a\x1b[2Jb\n".into()).to_string(), "a\\u{1b}[2Jb\\n");
    }
}
