//! Calling what the user gave.

use mlua::{Function, IntoLuaMulti, Lua, Result, Value};

/// Calls functions so that what they raise comes back as a message: as `pcall` does, without a traceback.
#[derive(Clone, Debug)]
pub(crate) struct Protected {
    pcall: Function,
}

impl Protected {
    pub(crate) fn new(lua: &Lua) -> Result<Self> {
        Ok(Self { pcall: lua.globals().get("pcall")? })
    }

    /// The first two results of a call. `call` is the function and its arguments; an error is what it raised.
    pub(crate) fn call(&self, call: impl IntoLuaMulti) -> std::result::Result<(Value, Value), String> {
        match self.pcall.call::<(bool, Value, Value)>(call) {
            Ok((true, first, second)) => Ok((first, second)),
            Ok((false, raised, _)) => Err(text(&raised)),
            Err(error) => Err(error.to_string()),
        }
    }
}

/// A value as `tostring` shows it.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.to_string_lossy(),
        other => other.to_string().unwrap_or_else(|_| format!("a {}", other.type_name())),
    }
}
