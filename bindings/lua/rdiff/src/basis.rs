//! Where a patch finds the old bytes.

use crate::{
    failure::Fault,
    protected::{Protected, text},
    source::method,
};
use mlua::{Function, Lua, LuaString, Value};
use std::io;

/// A basis, read at any offset.
#[derive(Clone, Debug)]
pub(crate) enum LuaBasis {
    /// All of it.
    Bytes(LuaString),
    /// Called with an offset and a length.
    Function(Protected, Function),
    /// An open file, or what reads like one.
    Stream {
        /// How its methods are called.
        protected: Protected,
        seek: Function,
        read: Function,
        /// What they are methods of.
        stream: Value,
    },
}

impl LuaBasis {
    /// The argument at a position as a basis: a string, a number, a function, or what has methods `seek` and `read`.
    pub(crate) fn from_lua(
        lua: &Lua,
        protected: &Protected,
        value: Value,
        position: usize,
    ) -> Result<Self, Fault> {
        let unsuitable = || Fault::argument(position, "Not a suitable source");
        match value {
            Value::String(bytes) => Ok(Self::Bytes(bytes)),
            Value::Function(function) => Ok(Self::Function(protected.clone(), function)),
            Value::Integer(_) | Value::Number(_) => match lua.coerce_string(value) {
                Ok(Some(bytes)) => Ok(Self::Bytes(bytes)),
                _ => Err(unsuitable()),
            },
            value => match (method(&value, "seek"), method(&value, "read")) {
                (Some(seek), Some(read)) => {
                    Ok(Self::Stream { protected: protected.clone(), seek, read, stream: value })
                }
                _ => Err(unsuitable()),
            },
        }
    }
}

impl rollsync::Basis for LuaBasis {
    fn read_at(&mut self, offset: u64, place: &mut [u8]) -> io::Result<usize> {
        let given = match self {
            Self::Bytes(bytes) => return (&*bytes.as_bytes()).read_at(offset, place),
            Self::Function(protected, function) => protected.call((&*function, offset, place.len())),
            Self::Stream { protected, seek, read, stream } => {
                match protected.call((&*seek, &*stream, "set", offset)).map_err(io::Error::other)? {
                    (Value::Nil, why) => return Err(io::Error::other(text(&why))),
                    _ => protected.call((&*read, &*stream, place.len())),
                }
            }
        };
        match given.map_err(io::Error::other)? {
            (Value::String(part), _) => {
                let bytes = part.as_bytes();
                let len = bytes.len().min(place.len());
                place[..len].copy_from_slice(&bytes[..len]);
                Ok(len)
            }
            (Value::Nil, Value::Nil) => Ok(0),
            (Value::Nil, why) => Err(io::Error::other(text(&why))),
            (other, _) => {
                Err(io::Error::other(format!("the basis gave a {}, not a string", other.type_name())))
            }
        }
    }
}
