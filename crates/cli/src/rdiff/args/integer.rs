//! Numbers as C's `strtoll` with base 0 reads them, narrowed to `int` as popt does.

/// Why an option's value is not a number that the option can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IntegerError {
    /// Something other than a number, or something behind it.
    Invalid,
    /// Outside the range of `int`.
    OutOfRange,
}

/// The value of `text`: leading white space, a sign, `0x` for base 16 and a leading `0` for base 8 are
/// understood; the whole text must be used. Empty text is 0, because `strtoll` then stops at its end.
pub(crate) fn parse(text: &[u8]) -> Result<i32, IntegerError> {
    if text.is_empty() {
        return Ok(0);
    }
    let unsigned_from = text.iter().position(|byte| !is_space(*byte)).ok_or(IntegerError::Invalid)?;
    let text = &text[unsigned_from..];
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    let (base, digits) = match digits {
        [b'0', b'x' | b'X', rest @ ..] => (16, rest),
        [b'0', ..] => (8, digits),
        _ => (10, digits),
    };
    if digits.is_empty() {
        return Err(IntegerError::Invalid);
    }

    let mut magnitude = 0_i64;
    for byte in digits {
        let digit = char::from(*byte).to_digit(base).ok_or(IntegerError::Invalid)?;
        // Saturating: far beyond `int` is out of range however far it is, but the rest must still be digits.
        magnitude = magnitude.saturating_mul(i64::from(base)).saturating_add(i64::from(digit));
    }
    let value = if negative { -magnitude } else { magnitude };
    i32::try_from(value).map_err(|_| IntegerError::OutOfRange)
}

/// C's `isspace` in the C locale.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | 0x0b | 0x0c | b'\r')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bases_of_strtoll() {
        for (text, value) in [
            ("", 0),
            ("0", 0),
            ("00", 0),
            ("64", 64),
            ("+64", 64),
            (" \t64", 64),
            ("-1", -1),
            ("0x40", 64),
            ("0XfF", 255),
            ("-0x10", -16),
            ("0100", 64),
            ("2147483647", i32::MAX),
            ("-2147483648", i32::MIN),
        ] {
            assert_eq!(parse(text.as_bytes()), Ok(value), "{text:?}");
        }
    }

    #[test]
    fn what_strtoll_does_not_use_up_is_refused() {
        for text in [
            " ",
            "-",
            "+",
            "10k",
            "10 ",
            "x",
            "0x",
            "0xg",
            "08",
            "019",
            "--",
            "+-1",
            "1.5",
            "1e3",
            "99999999999k",
        ] {
            assert_eq!(parse(text.as_bytes()), Err(IntegerError::Invalid), "{text:?}");
        }
    }

    #[test]
    fn beyond_int_is_out_of_range() {
        for text in
            ["2147483648", "-2147483649", "0x80000000", "9223372036854775808", "-99999999999999999999"]
        {
            assert_eq!(parse(text.as_bytes()), Err(IntegerError::OutOfRange), "{text:?}");
        }
    }
}
