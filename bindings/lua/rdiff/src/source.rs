//! Where the bytes of an input come from.

use crate::{
    failure::Fault,
    protected::{Protected, told_failure},
    watch::Watch,
};
use mlua::{Function, Lua, LuaString, ObjectLike, Value};
use std::io::{self, Read};

/// Whose rules sources and sinks are held to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rules {
    /// The module's own. `nil` ends what a function gives, `nil` and a message are a failure, another value that is no string
    /// is an error; so is what a sink raises, or `nil` or `false` and a message from it. Open files will do for functions.
    Own,
    /// lua-rdiff's: whatever is no string ends what a function gives; what a sink raises or returns is ignored.
    Original,
}

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
    Function(Function, Rules),
    /// An open file, or what reads like one: its `read`, and itself.
    Stream(Function, Value),
}

impl Source {
    /// The argument at a position as a source: a string, a number, a function, or what has a method `read`.
    pub(crate) fn from_lua(lua: &Lua, value: Value, position: usize, rules: Rules) -> Result<Self, Fault> {
        match value {
            Value::Function(function) => Ok(Self::Parts(Parts::Function(function, rules))),
            Value::String(bytes) => Ok(Self::Bytes(bytes)),
            Value::Integer(_) | Value::Number(_) => {
                number(lua, &value).map(Self::Bytes).ok_or_else(|| unsuitable(position))
            }
            value => match method(&value, "read") {
                Some(read) if rules == Rules::Own => Ok(Self::Parts(Parts::Stream(read, value))),
                _ => Err(unsuitable(position)),
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

    /// Reads it, for as long as the watch lets it.
    pub(crate) fn reader<'a>(self, protected: &Protected, watch: Option<&'a Watch>) -> Reader<'a> {
        let (parts, part) = match self {
            Self::Bytes(bytes) => (None, Some(bytes)),
            Self::Parts(parts) => (Some(parts), None),
        };
        Reader { protected: protected.clone(), watch, parts, part, taken: 0 }
    }
}

/// The same words as lua-rdiff's.
pub(crate) fn unsuitable(position: usize) -> Fault {
    Fault::argument(position, "Not a suitable source")
}

/// A number's text.
pub(crate) fn number(lua: &Lua, number: &Value) -> Option<LuaString> {
    lua.coerce_string(number.clone()).ok().flatten()
}

/// A table's or a userdata's method of this name.
pub(crate) fn method(value: &Value, name: &str) -> Option<Function> {
    match value {
        Value::Table(table) => table.get(name).ok(),
        Value::UserData(data) => data.get(name).ok(),
        _ => None,
    }
}

/// A source as a reader.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    protected: Protected,
    watch: Option<&'a Watch>,
    /// `None` when no more parts follow.
    parts: Option<Parts>,
    part: Option<LuaString>,
    /// How much of the part was read.
    taken: usize,
}

impl Reader<'_> {
    /// The next part, of about `wanted` bytes where that can be said; `None` at the end. It may be empty.
    fn next_part(&mut self, wanted: usize) -> io::Result<Option<LuaString>> {
        if let Some(part) = self.part.take() {
            return Ok(Some(part));
        }
        let (function, rules, called) = match &self.parts {
            None => return Ok(None),
            Some(Parts::Function(function, rules)) => (function, *rules, self.protected.call(function)),
            Some(Parts::Stream(read, stream)) => {
                (read, Rules::Own, self.protected.call((read, stream, wanted)))
            }
        };
        match called? {
            (Value::String(part), _) => return Ok(Some(part)),
            (value @ (Value::Integer(_) | Value::Number(_)), _) => {
                let lua = function.weak_lua().upgrade();
                let text = number(&lua, &value);
                return text
                    .map(Some)
                    .ok_or_else(|| io::Error::other("the source gave a number that is no string"));
            }
            _ if rules == Rules::Original => {}
            (first, why) => {
                if let Some(error) = told_failure(&first, &why) {
                    return Err(error);
                }
                if !first.is_nil() {
                    let what = format!("the source gave a {}, not a string", first.type_name());
                    return Err(io::Error::other(what));
                }
            }
        }
        self.parts = None;
        Ok(None)
    }
}

impl Read for Reader<'_> {
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
            // It may give nothing for ever.
            if let Some(watch) = self.watch {
                watch.idle()?;
            }
        }
    }
}
