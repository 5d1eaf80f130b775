//! Where the bytes of an input come from.

use crate::{
    failure::Fault,
    protected::{Protected, text},
};
use mlua::{Function, Lua, LuaString, ObjectLike, Value};
use std::io::{self, Read};

/// An input, read from front to back.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    /// All of it.
    Bytes(LuaString),
    /// What gives the next part each time it is asked.
    Parts(Parts),
}

/// What gives an input part by part.
#[derive(Clone, Debug)]
pub(crate) enum Parts {
    /// Called without arguments.
    Function(Function),
    /// An open file, or what reads like one: its `read`, and itself.
    Stream(Function, Value),
}

impl Source {
    /// The argument at a position as a source: a string, a number, a function, or what has a method `read`.
    pub(crate) fn from_lua(lua: &Lua, value: Value, position: usize) -> Result<Self, Fault> {
        match value {
            Value::Function(function) => Ok(Self::Parts(Parts::Function(function))),
            Value::String(bytes) => Ok(Self::Bytes(bytes)),
            Value::Integer(_) | Value::Number(_) => match lua.coerce_string(value) {
                Ok(Some(bytes)) => Ok(Self::Bytes(bytes)),
                _ => Err(unsuitable(position)),
            },
            value => match method(&value, "read") {
                Some(read) => Ok(Self::Parts(Parts::Stream(read, value))),
                None => Err(unsuitable(position)),
            },
        }
    }

    /// How many bytes it has, when that can be seen.
    pub(crate) fn len(&self) -> Option<u64> {
        match self {
            Self::Bytes(bytes) => Some(bytes.as_bytes().len() as u64),
            Self::Parts(_) => None,
        }
    }

    /// Reads it; `ends` says what counts as its end.
    pub(crate) fn reader(self, protected: &Protected, ends: Ends) -> Reader {
        let (parts, part) = match self {
            Self::Bytes(bytes) => (None, Some(bytes)),
            Self::Parts(parts) => (Some(parts), None),
        };
        Reader { protected: protected.clone(), parts, part, taken: 0, ends }
    }
}

/// The same words as lua-rdiff's.
fn unsuitable(position: usize) -> Fault {
    Fault::argument(position, "Not a suitable source")
}

/// A table's or a userdata's method of this name.
pub(crate) fn method(value: &Value, name: &str) -> Option<Function> {
    match value {
        Value::Table(table) => table.get(name).ok(),
        Value::UserData(data) => data.get(name).ok(),
        _ => None,
    }
}

/// What ends an input that a function gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ends {
    /// `nil`; another value that is no string is an error.
    WithNil,
    /// Whatever is no string.
    WithAnything,
}

/// A source as a reader.
#[derive(Debug)]
pub(crate) struct Reader {
    protected: Protected,
    /// `None` when no more parts follow.
    parts: Option<Parts>,
    part: Option<LuaString>,
    /// How much of the part was read.
    taken: usize,
    ends: Ends,
}

impl Reader {
    /// The next part, of about `wanted` bytes where that can be said; `None` at the end. It may be empty.
    pub(crate) fn next_part(&mut self, wanted: usize) -> io::Result<Option<LuaString>> {
        if let Some(part) = self.part.take() {
            return Ok(Some(part));
        }
        let called = match &self.parts {
            None => return Ok(None),
            Some(Parts::Function(function)) => self.protected.call(function),
            Some(Parts::Stream(read, stream)) => self.protected.call((read, stream, wanted)),
        };
        match called.map_err(io::Error::other)? {
            (Value::String(part), _) => return Ok(Some(part)),
            (number @ (Value::Integer(_) | Value::Number(_)), _) => return self.number(&number),
            (Value::Nil, Value::Nil) => {}
            // As `read` of an open file tells of a failure.
            (Value::Nil, why) if matches!(self.parts, Some(Parts::Stream(..))) => {
                return Err(io::Error::other(text(&why)));
            }
            (Value::Nil, _) => {}
            (other, _) if self.ends == Ends::WithNil => {
                let what = format!("the source gave a {}, not a string", other.type_name());
                return Err(io::Error::other(what));
            }
            _ => {}
        }
        self.parts = None;
        Ok(None)
    }

    fn number(&self, number: &Value) -> io::Result<Option<LuaString>> {
        let Some(Parts::Function(function) | Parts::Stream(function, _)) = &self.parts else {
            return Ok(None);
        };
        let string = function.weak_lua().upgrade().coerce_string(number.clone()).ok().flatten();
        string.map(Some).ok_or_else(|| io::Error::other("the source gave a number that is no string"))
    }
}

impl Read for Reader {
    fn read(&mut self, place: &mut [u8]) -> io::Result<usize> {
        if place.is_empty() {
            return Ok(0);
        }
        loop {
            let Some(part) = self.next_part(place.len())? else { return Ok(0) };
            let bytes = part.as_bytes();
            let rest = &bytes[self.taken..];
            let len = rest.len().min(place.len());
            place[..len].copy_from_slice(&rest[..len]);
            if len < rest.len() {
                self.taken += len;
                drop(bytes);
                self.part = Some(part);
                return Ok(len);
            }
            self.taken = 0;
            if len > 0 {
                return Ok(len);
            }
        }
    }
}
