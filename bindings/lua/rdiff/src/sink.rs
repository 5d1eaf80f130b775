//! Where an output goes.

use crate::{
    failure::Fault,
    protected::{Protected, told_failure},
    source::{Rules, method},
};
use mlua::{Function, Lua, LuaString, Value};
use std::io::{self, Write};

/// An output, written from front to back.
#[derive(Debug)]
pub(crate) enum Sink {
    /// Kept, to be returned as a string.
    Kept(Vec<u8>),
    /// Called with each part.
    Function(Protected, Function, Rules),
    /// An open file, or what writes like one: its `write`, and itself.
    Stream(Protected, Function, Value),
}

impl Sink {
    /// The argument at a position as a sink: nil, a function, or what has a method `write`.
    pub(crate) fn from_lua(
        protected: &Protected,
        value: Value,
        position: usize,
        rules: Rules,
    ) -> Result<Self, Fault> {
        match value {
            Value::Nil => Ok(Self::Kept(Vec::new())),
            Value::Function(function) => Ok(Self::Function(protected.clone(), function, rules)),
            value => match method(&value, "write") {
                Some(write) if rules == Rules::Own => Ok(Self::Stream(protected.clone(), write, value)),
                _ => Err(Fault::argument(position, "Not a suitable destination")),
            },
        }
    }

    /// What the call returns: the output, or `true` when it went elsewhere.
    pub(crate) fn finish(self, lua: &Lua) -> mlua::Result<Value> {
        match self {
            Self::Kept(bytes) => lua.create_string(bytes).map(Value::String),
            Self::Function(..) | Self::Stream(..) => Ok(Value::Boolean(true)),
        }
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let called = match self {
            Self::Kept(kept) => {
                kept.try_reserve(bytes.len()).map_err(|_| io::ErrorKind::OutOfMemory)?;
                kept.extend_from_slice(bytes);
                return Ok(bytes.len());
            }
            Self::Function(protected, function, Rules::Original) => {
                // What it raises is ignored.
                let _ = protected.call((&*function, LuaString::wrap(bytes)));
                return Ok(bytes.len());
            }
            Self::Function(protected, function, Rules::Own) => {
                protected.call((&*function, LuaString::wrap(bytes)))
            }
            Self::Stream(protected, write, stream) => {
                protected.call((&*write, &*stream, LuaString::wrap(bytes)))
            }
        };
        let (first, why) = called?;
        told_failure(&first, &why).map_or(Ok(bytes.len()), Err)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
