//! The bindings' own tests: each builds what it needs below `target/` and runs under its language's interpreter.

use std::process::Command;

mod dotnet;
pub(crate) mod exchange;
mod lua;
mod python;

/// Runs a program of tests. What it prints is shown; a line `SKIPPED: ...` is kept, and its closing line counts:
/// `test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s`.
pub(crate) type Run<'a> = dyn FnMut(&mut Command) -> Result<(), String> + 'a;

/// Tests, and how they end.
pub(crate) type Tests = fn(&mut Run<'_>) -> Result<(), String>;

/// One language's binding.
pub(crate) struct Binding {
    /// The part's name in the table.
    pub(crate) name: &'static str,
    /// Builds the binding and runs its tests.
    pub(crate) test: Tests,
    /// Runs once more those that read what bindings tested later have written; what `test` has built is there.
    pub(crate) read_others: Option<Tests>,
}

/// Every binding, in the order in which they are tested: each reads what those before it have written, `rdiff` all of it.
pub(crate) const ALL: &[Binding] = &[python::BINDING, lua::BINDING, dotnet::BINDING, exchange::BINDING];
