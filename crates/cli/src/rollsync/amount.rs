//! Amounts on the command line.

use std::time::Duration;

/// Reads a number of bytes: plain, or with a unit of 1000 (`k`, `kB`) or of 1024 (`Ki`, `KiB`).
pub(crate) fn bytes(text: &str) -> Result<u64, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().map_err(|_| NOT_BYTES.to_owned())?;
    let unit = unit.strip_suffix(['b', 'B']).unwrap_or(unit);
    let unit = match unit.to_ascii_lowercase().as_str() {
        "" => 1,
        "k" => 1000,
        "m" => 1000_u64.pow(2),
        "g" => 1000_u64.pow(3),
        "t" => 1000_u64.pow(4),
        "ki" => 1 << 10,
        "mi" => 1 << 20,
        "gi" => 1 << 30,
        "ti" => 1 << 40,
        _ => return Err(NOT_BYTES.to_owned()),
    };
    number.checked_mul(unit).ok_or_else(|| "more bytes than can be counted".to_owned())
}

const NOT_BYTES: &str = "not a number of bytes, such as 4096, 20MB or 2GiB";

/// An amount, or that there is no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Limit<T> {
    None,
    Most(T),
}

impl<T> Limit<T> {
    pub(crate) fn most(self) -> Option<T> {
        match self {
            Self::None => None,
            Self::Most(amount) => Some(amount),
        }
    }
}

/// Reads a number of bytes, or `none`.
pub(crate) fn bytes_or_none(text: &str) -> Result<Limit<u64>, String> {
    match text {
        "none" => Ok(Limit::None),
        _ => bytes(text).map(Limit::Most).map_err(|error| format!("{error}, or `none`")),
    }
}

/// Reads a count, or `none`.
pub(crate) fn count_or_none(text: &str) -> Result<Limit<u32>, String> {
    match text {
        "none" => Ok(Limit::None),
        _ => text.parse().map(Limit::Most).map_err(|_| "not a whole number, or `none`".to_owned()),
    }
}

/// Reads a time in seconds, with a fraction if need be.
pub(crate) fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    seconds
        .filter(|time| !time.is_zero())
        .ok_or_else(|| "not a number of seconds, such as 30 or 0.5".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_may_have_a_unit() {
        for (text, expected) in [
            ("0", 0),
            ("4096", 4096),
            ("7b", 7),
            ("2k", 2000),
            ("20MB", 20_000_000),
            ("3gb", 3_000_000_000),
            ("1T", 1_000_000_000_000),
            ("4Ki", 4096),
            ("2GiB", 2 << 30),
            ("1tib", 1 << 40),
            ("18446744073709551615", u64::MAX),
        ] {
            assert_eq!(bytes(text), Ok(expected), "{text}");
        }
        for text in
            ["", "k", "-1", "+1", "1.5G", "1 k", "1kk", "1bb", "1kib8", "none", "99999999TiB", "1e3", "1i"]
        {
            assert!(bytes(text).is_err(), "{text}");
        }
        assert_eq!(bytes_or_none("none"), Ok(Limit::None));
        assert_eq!(bytes_or_none("1k"), Ok(Limit::Most(1000)));
    }

    #[test]
    fn seconds_may_have_a_fraction_and_are_some() {
        assert_eq!(seconds("30"), Ok(Duration::from_secs(30)));
        assert_eq!(seconds("0.25"), Ok(Duration::from_millis(250)));
        for text in ["", "0", "-1", "nan", "inf", "1e99", "5s"] {
            assert!(seconds(text).is_err(), "{text}");
        }
    }
}
