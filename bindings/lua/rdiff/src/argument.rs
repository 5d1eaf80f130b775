//! Numbers, names and other values of a call, checked.

use crate::failure::{Failure, Fault};
use mlua::{LuaString, Value};
use rollsync::ErrorKind;
use std::path::PathBuf;

/// A whole number from 0 on, that the option `name` is.
pub(crate) fn whole(value: &Value, name: &str) -> Result<u64, Failure> {
    let number = match value {
        Value::Integer(number) => u64::try_from(*number).ok(),
        // Below 2^53 a number holds every integer.
        Value::Number(number) if *number >= 0.0 && *number <= 9_007_199_254_740_992.0 => {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "it is in range, and compared"
            )]
            let whole = *number as u64;
            #[expect(clippy::cast_precision_loss, reason = "it is at most 2^53")]
            (whole as f64 == *number).then_some(whole)
        }
        _ => None,
    };
    number.ok_or_else(|| {
        Failure::new(ErrorKind::Param, format!("{name} is {}, not a whole number from 0 on", shown(value)))
    })
}

/// `true` or `false`, that the option `name` is.
pub(crate) fn truth(value: &Value, name: &str) -> Result<bool, Failure> {
    value.as_boolean().ok_or_else(|| {
        Failure::new(ErrorKind::Param, format!("{name} is {}, not true or false", shown(value)))
    })
}

/// A value in a message.
pub(crate) fn shown(value: &Value) -> String {
    match value {
        Value::Integer(number) => number.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => format!("'{}'", text.to_string_lossy()),
        Value::Boolean(truth) => truth.to_string(),
        other => format!("a {}", other.type_name()),
    }
}

/// The argument at a position as a file's path.
pub(crate) fn path(value: &Value, position: usize) -> Result<PathBuf, Fault> {
    match value {
        Value::String(path) => Ok(path_of(path)),
        other => Err(Fault::argument(position, format!("a path is wanted, not a {}", other.type_name()))),
    }
}

#[cfg(unix)]
fn path_of(path: &LuaString) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    std::ffi::OsStr::from_bytes(&path.as_bytes()).into()
}

#[cfg(not(unix))]
fn path_of(path: &LuaString) -> PathBuf {
    path.to_string_lossy().into()
}
