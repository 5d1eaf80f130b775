//! The four operations over strings, functions and streams.

use crate::{
    Arguments, Module,
    basis::LuaBasis,
    failure::{Failure, Fault},
    loaded::Given,
    protected::Protected,
    settings::{CHECK, COMMANDS, LEN, Names, SUMS, Settings, THREADS},
    sink::Sink,
    source::{Rules, Source, method},
};
use mlua::Value;
use rollsync::{Error, Side};

pub(crate) fn register(module: &mut Module<'_>) -> mlua::Result<()> {
    module.function("signature", |lua, protected, arguments| {
        let (mut sink, settings) = output(protected, &arguments, 2, &[SUMS, LEN, THREADS])?;
        let basis = Source::from_lua(lua, arguments.at(1), 1, Rules::Own)?;
        signature(basis, &mut sink, protected, &settings)?;
        Ok(sink.finish(lua)?)
    })?;
    module.function("delta", |lua, protected, arguments| {
        let (mut sink, settings) = output(protected, &arguments, 3, &[COMMANDS, LEN, THREADS])?;
        let new = Source::from_lua(lua, arguments.at(2), 2, Rules::Own)?;
        let signature = Given::from_lua(lua, arguments.at(1), 1)?;
        delta(signature, new, &mut sink, protected, &settings)?;
        Ok(sink.finish(lua)?)
    })?;
    module.function("patch", |lua, protected, arguments| {
        let (mut sink, settings) = output(protected, &arguments, 3, &[CHECK, LEN])?;
        let delta = Source::from_lua(lua, arguments.at(1), 1, Rules::Own)?;
        let mut basis = LuaBasis::from_lua(lua, protected, arguments.at(2), 2, Rules::Own)?;
        patch(delta, &mut basis, &mut sink, protected, &settings)?;
        Ok(sink.finish(lua)?)
    })?;
    module.function("diff", |lua, protected, arguments| {
        let (mut sink, settings) = output(protected, &arguments, 3, &[SUMS, COMMANDS, LEN, THREADS])?;
        let basis = Source::from_lua(lua, arguments.at(1), 1, Rules::Own)?;
        let new = Source::from_lua(lua, arguments.at(2), 2, Rules::Own)?;
        diff(basis, new, &mut sink, protected, &settings)?;
        Ok(sink.finish(lua)?)
    })
}

/// Adds what tells files from each other.
pub(crate) fn register_digest(module: &mut Module<'_>) -> mlua::Result<()> {
    module.function("digest", |lua, protected, arguments| {
        let source = Source::from_lua(lua, arguments.at(1), 1, Rules::Own)?;
        let failed = |source| Error::Io { side: Side::Read, offset: 0, source };
        let digest = rollsync::digest(&mut source.reader(protected, None)).map_err(failed)?;
        Ok(digest.hex().to_string())
    })
}

/// The sink and the options of these names, from a position on. Options may stand in the sink's place.
fn output(
    protected: &Protected,
    arguments: &Arguments,
    position: usize,
    names: &[Names],
) -> Result<(Sink, Settings), Fault> {
    let (first, second) = (arguments.at(position), arguments.at(position + 1));
    let is_options = matches!(first, Value::Table(_)) && method(&first, "write").is_none();
    if is_options && second.is_nil() {
        return Ok((Sink::Kept(Vec::new()), Settings::from_lua(protected, &first, position, names)?));
    }
    let settings = Settings::from_lua(protected, &second, position + 1, names)?;
    Ok((Sink::from_lua(protected, first, position, Rules::Own)?, settings))
}

/// Makes the signature of a basis.
pub(crate) fn signature(
    basis: Source,
    sink: &mut Sink,
    protected: &Protected,
    settings: &Settings,
) -> Result<(), Failure> {
    let len = basis.len().or(settings.source_len);
    let signed = settings
        .with(|options, watch| rollsync::signature(basis.reader(protected, Some(watch)), len, sink, options));
    signed.map(drop)
}

/// Makes the delta of a new file.
pub(crate) fn delta(
    signature: Given,
    new: Source,
    sink: &mut Sink,
    protected: &Protected,
    settings: &Settings,
) -> Result<(), Failure> {
    let len = new.len().or(settings.source_len);
    let made = settings.with(|options, watch| -> Result<_, Error> {
        let reader = |source: Source| source.reader(protected, Some(watch));
        match signature {
            Given::Index(index) => rollsync::delta(&index, reader(new), len, sink, options),
            Given::Source(source) => {
                let signature_len = source.len();
                let index = rollsync::load(reader(source), signature_len, options)?;
                rollsync::delta(&index, reader(new), len, sink, options)
            }
        }
    });
    made.map(drop)
}

/// Makes the delta between two files that are here.
fn diff(
    basis: Source,
    new: Source,
    sink: &mut Sink,
    protected: &Protected,
    settings: &Settings,
) -> Result<(), Failure> {
    let (basis_len, new_len) = (basis.len().or(settings.source_len), new.len());
    let made = settings.with(|options, watch| -> Result<_, Error> {
        let index = rollsync::index_basis(basis.reader(protected, Some(watch)), basis_len, options)?;
        rollsync::delta(&index, new.reader(protected, Some(watch)), new_len, sink, options)
    });
    made.map(drop)
}

/// Makes the new file from a basis.
pub(crate) fn patch(
    delta: Source,
    basis: &mut LuaBasis,
    sink: &mut Sink,
    protected: &Protected,
    settings: &Settings,
) -> Result<(), Failure> {
    let len = delta.len().or(settings.source_len);
    let patched = settings.with(|options, watch| {
        rollsync::patch(basis, delta.reader(protected, Some(watch)), len, sink, options)
    });
    patched.map(drop)
}
