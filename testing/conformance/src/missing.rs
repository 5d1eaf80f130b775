use std::env;
use std::fmt;
use std::io::{self, Write as _};

/// Why an oracle cannot be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing(pub String);

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The oracle, or `None` after a line `SKIPPED: reason` on standard output.
///
/// # Panics
/// When it is missing and the variable `REQUIRE_ORACLE` is 1.
pub fn present<T>(oracle: Result<T, Missing>) -> Option<T> {
    match oracle {
        Ok(oracle) => Some(oracle),
        Err(missing) => {
            assert!(env::var_os("REQUIRE_ORACLE").is_none_or(|value| value != "1"), "{missing}");
            // Not with `println!`, which the test harness keeps to itself when the test passes.
            let _ = writeln!(io::stdout(), "SKIPPED: {missing}");
            None
        }
    }
}
