//! `load()`: a signature that several deltas are made against.

use crate::{
    Module,
    failure::{Failure, Fault},
    protected::Protected,
    settings::{FORMATS, LEN, Settings},
    source::{Rules, Source},
};
use mlua::{Lua, UserData, UserDataFields, UserDataMethods, Value};
use rollsync::{ErrorKind, SignatureIndex};
use std::{cell::RefCell, rc::Rc};

/// A signature, ready to be searched, as Lua has it: until it is closed.
#[derive(Debug)]
pub(crate) struct Loaded(RefCell<Option<Rc<SignatureIndex>>>);

impl Loaded {
    pub(crate) fn new(index: SignatureIndex) -> Self {
        Self(RefCell::new(Some(Rc::new(index))))
    }

    fn index(&self) -> Option<Rc<SignatureIndex>> {
        self.0.borrow().clone()
    }
}

/// What stands for a signature in a call.
pub(crate) enum Given {
    Index(Rc<SignatureIndex>),
    /// It is to be loaded.
    Source(Source),
}

impl Given {
    /// The argument at a position as a signature: one that is loaded, or a source of one.
    pub(crate) fn from_lua(lua: &Lua, value: Value, position: usize) -> Result<Self, Fault> {
        if let Some(data) = value.as_userdata()
            && let Ok(loaded) = data.borrow::<Loaded>()
        {
            let closed = || Failure::new(ErrorKind::Param, "the signature is closed");
            return Ok(Self::Index(loaded.index().ok_or_else(closed)?));
        }
        Source::from_lua(lua, value, position, Rules::Own).map(Self::Source)
    }

    /// The signature, loaded by now.
    pub(crate) fn load(
        self,
        protected: &Protected,
        settings: &Settings,
    ) -> Result<Rc<SignatureIndex>, Failure> {
        match self {
            Self::Index(index) => Ok(index),
            Self::Source(source) => load(source, None, protected, settings).map(Rc::new),
        }
    }
}

fn load(
    source: Source,
    source_len: Option<u64>,
    protected: &Protected,
    settings: &Settings,
) -> Result<SignatureIndex, Failure> {
    let len = source.len().or(source_len);
    settings.with(|options, watch| rollsync::load(source.reader(protected, Some(watch)), len, options))
}

impl UserData for Loaded {
    fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
        fn params(loaded: &Loaded) -> Option<rollsync::SignatureParams> {
            Some(*loaded.index()?.signature().params())
        }
        fields.add_field_method_get("block_len", |_, this| Ok(params(this).map(|it| it.block_len().get())));
        fields.add_field_method_get("strong_len", |_, this| Ok(params(this).map(|it| it.strong_len().get())));
        fields.add_field_method_get("format", |_, this| {
            let format = params(this).map(|it| it.format());
            Ok(FORMATS.iter().find(|(_, known)| Some(*known) == format).map(|(name, _)| *name))
        });
        fields.add_field_method_get("blocks", |_, this| {
            Ok(this.index().map(|index| index.signature().block_count()))
        });
        // What the seal says of the basis; nil when there is none.
        fields.add_field_method_get("basis_len", |_, this| {
            Ok(this.index().and_then(|index| Some(index.signature().basis()?.len)))
        });
        fields.add_field_method_get("basis_blake3", |_, this| {
            Ok(this.index().and_then(|index| Some(index.signature().basis()?.hex().to_string())))
        });
    }

    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        fn close(_: &Lua, this: &Loaded, (): ()) -> mlua::Result<()> {
            this.0.replace(None);
            Ok(())
        }
        methods.add_method("close", close);
        // Lua 5.4 calls it for a variable that is to be closed.
        methods.add_meta_method("__close", close);
    }
}

pub(crate) fn register(module: &mut Module<'_>) -> mlua::Result<()> {
    module.function("load", |lua, protected, arguments| {
        let settings = Settings::from_lua(protected, &arguments.at(2), 2, &[LEN])?;
        let source = Source::from_lua(lua, arguments.at(1), 1, Rules::Own)?;
        let index = load(source, settings.source_len, protected, &settings)?;
        Ok(lua.create_userdata(Loaded::new(index))?)
    })
}
