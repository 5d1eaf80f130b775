//! The four operations over files. An output appears whole or not at all.

use crate::{
    Arguments, Module,
    argument::path,
    failure::{Failure, Fault},
    protected::Protected,
    settings::{CHECK, COMMANDS, Names, OUTPUT, SUMS, Settings, THREADS},
};
use rollsync::{FileError, Options, Stats};
use std::path::PathBuf;

pub(crate) fn register(module: &mut Module<'_>) -> mlua::Result<()> {
    module.function("signature_file", |_, protected, arguments| {
        made(protected, &arguments, &[SUMS, THREADS, OUTPUT], |[basis, output], options| {
            rollsync::signature_file(basis, output, options)
        })
    })?;
    module.function("delta_file", |_, protected, arguments| {
        made(protected, &arguments, &[COMMANDS, THREADS, OUTPUT], |[signature, new, output], options| {
            rollsync::delta_file(signature, new, output, options)
        })
    })?;
    module.function("patch_file", |_, protected, arguments| {
        made(protected, &arguments, &[CHECK, OUTPUT], |[delta, basis, output], options| {
            rollsync::patch_file(basis, delta, output, options)
        })
    })?;
    module.function("diff_file", |_, protected, arguments| {
        made(protected, &arguments, &[SUMS, COMMANDS, THREADS, OUTPUT], |[old, new, output], options| {
            rollsync::diff_file(old, new, output, options)
        })
    })
}

/// Calls a function of the library with `N` paths and the options of these names behind them.
fn made<const N: usize>(
    protected: &Protected,
    arguments: &Arguments,
    names: &[Names],
    work: impl FnOnce([PathBuf; N], &mut Options<'_>) -> Result<Stats, FileError>,
) -> Result<bool, Fault> {
    let mut paths: [PathBuf; N] = std::array::from_fn(|_| PathBuf::new());
    for (i, place) in paths.iter_mut().enumerate() {
        *place = path(&arguments.at(i + 1), i + 1)?;
    }
    let settings = Settings::from_lua(protected, &arguments.at(N + 1), N + 1, names)?;
    let made: Result<Stats, Failure> = settings.with(|options, _| work(paths, options));
    Ok(made.map(|_| true)?)
}
