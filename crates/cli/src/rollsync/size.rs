//! Numbers for people.

use std::fmt;

/// Bytes, to three digits: `999 B`, `1.00 kB`, `20.0 MB`.
#[derive(Clone, Copy)]
pub(crate) struct Size(pub(crate) u64);

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = u128::from(self.0);
        if bytes < 1000 {
            return write!(f, "{bytes} B");
        }
        let mut unit = 1000;
        for name in ["kB", "MB", "GB", "TB", "PB", "EB"] {
            // In hundredths, tenths or ones of the unit, as three digits allow.
            for (parts, digits) in [(100, 2), (10, 1), (1, 0)] {
                let rounded = (bytes * parts + unit / 2) / unit;
                if rounded < 1000 {
                    let (whole, part) = (rounded / parts, rounded % parts);
                    return match digits {
                        0 => write!(f, "{whole} {name}"),
                        _ => write!(f, "{whole}.{part:0digits$} {name}"),
                    };
                }
            }
            unit *= 1000;
        }
        write!(f, "{bytes} B")
    }
}

/// `part` of `whole` in percent, to a tenth; all and nothing are said of all and nothing only.
#[derive(Clone, Copy)]
pub(crate) struct Percent {
    pub(crate) part: u64,
    pub(crate) whole: u64,
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (part, whole) = (u128::from(self.part), u128::from(self.whole.max(1)));
        let tenths = match (part * 1000 + whole / 2) / whole {
            0 if part > 0 => 1,
            1000.. if part < whole => 999,
            tenths => tenths,
        };
        write!(f, "{}.{} %", tenths / 10, tenths % 10)
    }
}

/// A number of things: `1 copy`, `2 copies`.
pub(crate) struct Count(pub(crate) u64, pub(crate) &'static str, pub(crate) &'static str);

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0, if self.0 == 1 { self.1 } else { self.2 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_three_digits() {
        for (bytes, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1.00 kB"),
            (9994, "9.99 kB"),
            (9995, "10.0 kB"),
            (12_345, "12.3 kB"),
            (99_949, "99.9 kB"),
            (99_950, "100 kB"),
            (999_499, "999 kB"),
            (999_500, "1.00 MB"),
            (20_000_000, "20.0 MB"),
            (1_050_000_000, "1.05 GB"),
            (u64::MAX, "18.4 EB"),
        ] {
            assert_eq!(Size(bytes).to_string(), text);
        }
    }

    #[test]
    fn percents_say_all_and_nothing_only_when_it_is_so() {
        for (part, whole, text) in [
            (0, 0, "0.0 %"),
            (0, 5, "0.0 %"),
            (1, u64::MAX, "0.1 %"),
            (1, 3, "33.3 %"),
            (2, 3, "66.7 %"),
            (u64::MAX - 1, u64::MAX, "99.9 %"),
            (7, 7, "100.0 %"),
        ] {
            assert_eq!(Percent { part, whole }.to_string(), text);
        }
    }
}
