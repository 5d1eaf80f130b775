//! lua-rdiff's module: its names, its fixed parameters, plain files, and librsync's words for what fails.

use crate::{
    Module,
    basis::LuaBasis,
    failure::{Failure, Fault},
    loaded::Given,
    operations,
    settings::Settings,
    sink::Sink,
    source::{Rules, Source},
};
use rollsync::{BlockLen, ErrorKind, Format, Profile, SignatureOptions, StrongLen, StrongLenChoice};

const RULES: Rules = Rules::Original;

pub(crate) fn register(module: &mut Module<'_>) -> mlua::Result<()> {
    module.function("signature", |lua, protected, arguments| {
        let basis = Source::from_lua(lua, arguments.at(1), 1, RULES)?;
        let mut sink = Sink::from_lua(protected, arguments.at(2), 2, RULES)?;
        let made =
            settings().and_then(|settings| operations::signature(basis, &mut sink, protected, &settings));
        made.map_err(in_librsyncs_words)?;
        Ok(sink.finish(lua)?)
    })?;
    module.function("delta", |lua, protected, arguments| {
        let signature = Source::from_lua(lua, arguments.at(1), 1, RULES)?;
        let new = Source::from_lua(lua, arguments.at(2), 2, RULES)?;
        let mut sink = Sink::from_lua(protected, arguments.at(3), 3, RULES)?;
        let made = settings().and_then(|settings| {
            operations::delta(Given::Source(signature), new, &mut sink, protected, &settings)
        });
        made.map_err(in_librsyncs_words)?;
        Ok(sink.finish(lua)?)
    })?;
    module.function("patch", |lua, protected, arguments| {
        let delta = Source::from_lua(lua, arguments.at(1), 1, RULES)?;
        let mut basis = LuaBasis::from_lua(lua, protected, arguments.at(2), 2, RULES)?;
        let mut sink = Sink::from_lua(protected, arguments.at(3), 3, RULES)?;
        let made = settings()
            .and_then(|settings| operations::patch(delta, &mut basis, &mut sink, protected, &settings));
        made.map_err(in_librsyncs_words)?;
        Ok(sink.finish(lua)?)
    })?;
    module.table.set("_NAME", "lua_rsync")?;
    module.table.set("_VERSION", "0.1")?;
    module.table.set("_DESCRIPTION", "librsync binding")?;
    module.table.set("_COPYRIGHT", "the rollsync developers")
}

/// 8 bytes of strong sum, 2048 a block: the defaults of the librsync of its time. Nothing behind a delta's END is read.
fn settings() -> Result<Settings, Failure> {
    Ok(Settings {
        signature: SignatureOptions {
            format: Format::ROLLSUM_MD4,
            block_len: Some(BlockLen::new(2048)?),
            strong_len: StrongLenChoice::Exactly(StrongLen::new(8)?),
        },
        profile: Profile::Librsync232,
        seal: Some(false),
        ..Settings::default()
    })
}

/// The text of librsync's `rs_strerror`. An error that a callback raises is `library internal error`.
fn in_librsyncs_words(failure: Failure) -> Fault {
    let message = match failure.kind {
        Some(ErrorKind::InputEnded) => "unexpected end of input",
        Some(ErrorKind::BadMagic) => "bad magic number at start of stream",
        Some(ErrorKind::Corrupt) => "stream corrupt",
        Some(ErrorKind::Memory) => "out of memory",
        Some(ErrorKind::Unsupported) => "unimplemented case",
        // librsync has no text of its own for a parameter that is out of range.
        Some(ErrorKind::Param) => "unexplained problem",
        _ => "library internal error",
    };
    Fault::Failed(Failure { message: message.into(), kind: None })
}
