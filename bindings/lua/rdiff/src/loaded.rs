//! `load()`: a signature that several deltas are made against.

use crate::{
    Module,
    failure::Fault,
    protected::Protected,
    settings::{FORMATS, Settings},
    source::{Ends, Source},
};
use mlua::{Lua, UserData, UserDataFields, Value};
use rollsync::SignatureIndex;
use std::{ops::Deref, rc::Rc};

/// A signature, ready to be searched.
#[derive(Clone, Debug)]
pub(crate) struct Loaded(pub(crate) Rc<SignatureIndex>);

impl Loaded {
    /// The argument at a position as a signature: one that is loaded, or a source of one.
    pub(crate) fn from_lua(
        lua: &Lua,
        protected: &Protected,
        value: Value,
        position: usize,
        settings: &Settings,
    ) -> Result<Self, Fault> {
        if let Some(data) = value.as_userdata()
            && let Ok(loaded) = data.borrow::<Self>()
        {
            return Ok(loaded.clone());
        }
        let source = Source::from_lua(lua, value, position)?;
        Ok(Self::load(source, protected, settings, Ends::WithNil)?)
    }

    pub(crate) fn load(
        source: Source,
        protected: &Protected,
        settings: &Settings,
        ends: Ends,
    ) -> Result<Self, crate::failure::Failure> {
        let len = source.len();
        let reader = source.reader(protected, ends);
        let index = settings.with(|options| rollsync::load(reader, len, options))?;
        Ok(Self(Rc::new(index)))
    }
}

impl Deref for Loaded {
    type Target = SignatureIndex;

    fn deref(&self) -> &SignatureIndex {
        &self.0
    }
}

impl UserData for Loaded {
    fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
        fields.add_field_method_get("block_len", |_, this| Ok(this.signature().params().block_len().get()));
        fields.add_field_method_get("strong_len", |_, this| Ok(this.signature().params().strong_len().get()));
        fields.add_field_method_get("blocks", |_, this| Ok(this.signature().block_count()));
        fields.add_field_method_get("format", |_, this| {
            let format = this.signature().params().format();
            Ok(FORMATS.iter().find(|(_, known)| *known == format).map(|(name, _)| *name))
        });
        // What the seal says of the basis; nil when there is none.
        fields
            .add_field_method_get("basis_len", |_, this| Ok(this.signature().basis().map(|basis| basis.len)));
        fields.add_field_method_get("basis_blake3", |_, this| {
            Ok(this.signature().basis().map(|basis| basis.hex().to_string()))
        });
    }
}

pub(crate) fn register(module: &mut Module<'_>) -> mlua::Result<()> {
    module.function("load", |lua, protected, arguments| {
        let settings = Settings::from_lua(protected, &arguments.at(2), 2)?;
        let source = Source::from_lua(lua, arguments.at(1), 1)?;
        let loaded = Loaded::load(source, protected, &settings, Ends::WithNil)?;
        Ok(lua.create_userdata(loaded)?)
    })
}
