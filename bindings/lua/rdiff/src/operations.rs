//! The four operations over strings, functions and streams.

use crate::{
    Arguments, Module,
    basis::LuaBasis,
    failure::{Failure, Fault},
    loaded::Loaded,
    protected::Protected,
    settings::Settings,
    sink::{OnError, Sink},
    source::{Ends, Source, method},
};
use mlua::Value;
use rollsync::{Error, Side};
use std::rc::Rc;

pub(crate) fn register(module: &mut Module<'_>) -> mlua::Result<()> {
    module.function("signature", |lua, protected, arguments| {
        let (mut sink, settings) = output(protected, &arguments, 2)?;
        let basis = Source::from_lua(lua, arguments.at(1), 1)?;
        signature(basis, &mut sink, protected, &settings, Ends::WithNil)?;
        Ok(sink.finish(lua)?)
    })?;
    module.function("delta", |lua, protected, arguments| {
        let (mut sink, settings) = output(protected, &arguments, 3)?;
        let new = Source::from_lua(lua, arguments.at(2), 2)?;
        let loaded = Loaded::from_lua(lua, protected, arguments.at(1), 1, &settings)?;
        delta(&loaded, new, &mut sink, protected, &settings, Ends::WithNil)?;
        Ok(sink.finish(lua)?)
    })?;
    module.function("patch", |lua, protected, arguments| {
        let (mut sink, settings) = output(protected, &arguments, 3)?;
        let delta = Source::from_lua(lua, arguments.at(1), 1)?;
        let mut basis = LuaBasis::from_lua(lua, protected, arguments.at(2), 2)?;
        patch(delta, &mut basis, &mut sink, protected, &settings, Ends::WithNil)?;
        Ok(sink.finish(lua)?)
    })?;
    module.function("diff", |lua, protected, arguments| {
        let (mut sink, settings) = output(protected, &arguments, 3)?;
        let basis = Source::from_lua(lua, arguments.at(1), 1)?;
        let new = Source::from_lua(lua, arguments.at(2), 2)?;
        let mut sums = Sink::Kept(Vec::new());
        signature(basis, &mut sums, protected, &settings, Ends::WithNil)?;
        let Sink::Kept(sums) = sums else { unreachable!("a sink stays what it is") };
        let index = settings.with(|options| rollsync::load(&sums[..], None, options))?;
        let loaded = Loaded(Rc::new(index));
        delta(&loaded, new, &mut sink, protected, &settings, Ends::WithNil)?;
        Ok(sink.finish(lua)?)
    })
}

/// Adds what tells files from each other.
pub(crate) fn register_digest(module: &mut Module<'_>) -> mlua::Result<()> {
    module.function("digest", |lua, protected, arguments| {
        let mut reader = Source::from_lua(lua, arguments.at(1), 1)?.reader(protected, Ends::WithNil);
        let failed = |source| Error::Io { side: Side::Read, offset: 0, source };
        Ok(rollsync::digest(&mut reader).map_err(failed)?.hex().to_string())
    })
}

/// The sink and the options, from a position on. Options may stand in the sink's place.
fn output(protected: &Protected, arguments: &Arguments, position: usize) -> Result<(Sink, Settings), Fault> {
    let (first, second) = (arguments.at(position), arguments.at(position + 1));
    let is_options = matches!(first, Value::Table(_)) && method(&first, "write").is_none();
    if is_options && second.is_nil() {
        return Ok((Sink::Kept(Vec::new()), Settings::from_lua(protected, &first, position)?));
    }
    let settings = Settings::from_lua(protected, &second, position + 1)?;
    Ok((Sink::from_lua(protected, first, position, OnError::Fail)?, settings))
}

/// Makes the signature of a basis.
pub(crate) fn signature(
    basis: Source,
    sink: &mut Sink,
    protected: &Protected,
    settings: &Settings,
    ends: Ends,
) -> Result<(), Failure> {
    let len = basis.len().or(settings.source_len);
    let basis = basis.reader(protected, ends);
    settings.with(|options| rollsync::signature(basis, len, sink, options)).map(drop)
}

/// Makes the delta of a new file.
pub(crate) fn delta(
    loaded: &Loaded,
    new: Source,
    sink: &mut Sink,
    protected: &Protected,
    settings: &Settings,
    ends: Ends,
) -> Result<(), Failure> {
    let len = new.len().or(settings.source_len);
    let new = new.reader(protected, ends);
    settings.with(|options| rollsync::delta(loaded, new, len, sink, options)).map(drop)
}

/// Makes the new file from a basis.
pub(crate) fn patch(
    delta: Source,
    basis: &mut LuaBasis,
    sink: &mut Sink,
    protected: &Protected,
    settings: &Settings,
    ends: Ends,
) -> Result<(), Failure> {
    let len = delta.len().or(settings.source_len);
    let delta = delta.reader(protected, ends);
    settings.with(|options| rollsync::patch(basis, delta, len, sink, options)).map(drop)
}
