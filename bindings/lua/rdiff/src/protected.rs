//! Calling what the user gave.

use mlua::{Function, IntoLuaMulti, Lua, Result, Value};
use std::io;

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
    pub(crate) fn call(&self, call: impl IntoLuaMulti) -> io::Result<(Value, Value)> {
        match self.pcall.call::<(bool, Value, Value)>(call) {
            Ok((true, first, second)) => Ok((first, second)),
            Ok((false, raised, _)) => Err(io::Error::other(text(&raised))),
            Err(error @ mlua::Error::MemoryError(_)) => {
                Err(io::Error::new(io::ErrorKind::OutOfMemory, error.to_string()))
            }
            Err(error) => Err(io::Error::other(error.to_string())),
        }
    }
}

/// Whether there was no memory.
pub(crate) fn is_memory(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::OutOfMemory
}

/// A value as `tostring` shows it.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.to_string_lossy(),
        other => other.to_string().unwrap_or_else(|_| format!("a {}", other.type_name())),
    }
}

/// A failure as `read` and `write` of an open file tell of it: nothing or `false`, and why.
pub(crate) fn told_failure(first: &Value, why: &Value) -> Option<io::Error> {
    let failed = matches!(first, Value::Nil | Value::Boolean(false)) && !why.is_nil();
    failed.then(|| io::Error::other(text(why)))
}
