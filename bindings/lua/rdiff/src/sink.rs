//! Where an output goes.

use crate::{
    failure::Fault,
    protected::{Protected, text},
    source::method,
};
use mlua::{Function, Lua, LuaString, Value};
use std::io::{self, Write};

/// An output, written from front to back.
#[derive(Debug)]
pub(crate) enum Sink {
    /// Kept, to be returned as a string.
    Kept(Vec<u8>),
    /// Called with each part.
    Function(Protected, Function, OnError),
    /// An open file, or what writes like one: its `write`, and itself.
    Stream(Protected, Function, Value),
}

/// What becomes of an error that a sink raises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OnError {
    /// The work fails.
    Fail,
    /// Nothing, as in lua-rdiff.
    Ignore,
}

impl Sink {
    /// The argument at a position as a sink: nil, a function, or what has a method `write`.
    pub(crate) fn from_lua(
        protected: &Protected,
        value: Value,
        position: usize,
        on_error: OnError,
    ) -> Result<Self, Fault> {
        match value {
            Value::Nil => Ok(Self::Kept(Vec::new())),
            Value::Function(function) => Ok(Self::Function(protected.clone(), function, on_error)),
            value => match method(&value, "write") {
                Some(write) => Ok(Self::Stream(protected.clone(), write, value)),
                None => Err(Fault::argument(position, "Not a suitable destination")),
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
        match self {
            Self::Kept(kept) => {
                kept.try_reserve(bytes.len()).map_err(|_| io::ErrorKind::OutOfMemory)?;
                kept.extend_from_slice(bytes);
            }
            Self::Function(protected, function, on_error) => {
                let called = protected.call((&*function, LuaString::wrap(bytes)));
                if *on_error == OnError::Fail {
                    called.map_err(io::Error::other)?;
                }
            }
            Self::Stream(protected, write, stream) => {
                let called = protected.call((&*write, &*stream, LuaString::wrap(bytes)));
                // As `write` of an open file tells of a failure.
                if let (Value::Nil, why @ Value::String(_)) = called.map_err(io::Error::other)? {
                    return Err(io::Error::other(text(&why)));
                }
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
