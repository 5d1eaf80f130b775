//! Where a patch finds the old bytes.

use crate::{
    failure::Fault,
    protected::{Protected, told_failure},
    source::{Rules, method, number, unsuitable},
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
        rules: Rules,
    ) -> Result<Self, Fault> {
        match value {
            Value::String(bytes) => Ok(Self::Bytes(bytes)),
            Value::Function(function) => Ok(Self::Function(protected.clone(), function)),
            Value::Integer(_) | Value::Number(_) => {
                number(lua, &value).map(Self::Bytes).ok_or_else(|| unsuitable(position))
            }
            value => match (method(&value, "seek"), method(&value, "read")) {
                (Some(seek), Some(read)) if rules == Rules::Own => {
                    Ok(Self::Stream { protected: protected.clone(), seek, read, stream: value })
                }
                _ => Err(unsuitable(position)),
            },
        }
    }
}

impl rollsync::Basis for LuaBasis {
    fn read_at(&mut self, offset: u64, place: &mut [u8]) -> io::Result<usize> {
        let (function, given) = match self {
            Self::Bytes(bytes) => return (&*bytes.as_bytes()).read_at(offset, place),
            Self::Function(protected, function) => {
                let given = protected.call((&*function, offset, place.len()))?;
                (function, given)
            }
            Self::Stream { protected, seek, read, stream } => {
                let (sought, why) = protected.call((&*seek, &*stream, "set", offset))?;
                if let Some(error) = told_failure(&sought, &why) {
                    return Err(error);
                }
                let given = protected.call((&*read, &*stream, place.len()))?;
                (read, given)
            }
        };
        let part = match given {
            (Value::String(part), _) => Some(part),
            (value @ (Value::Integer(_) | Value::Number(_)), _) => {
                number(&function.weak_lua().upgrade(), &value)
            }
            (first, why) => match told_failure(&first, &why) {
                Some(error) => return Err(error),
                None if first.is_nil() => return Ok(0),
                None => {
                    let what = format!("the basis gave a {}, not a string", first.type_name());
                    return Err(io::Error::other(what));
                }
            },
        };
        let part = part.ok_or_else(|| io::Error::other("the basis gave a number that is no string"))?;
        let bytes = part.as_bytes();
        let len = bytes.len().min(place.len());
        place[..len].copy_from_slice(&bytes[..len]);
        Ok(len)
    }
}
