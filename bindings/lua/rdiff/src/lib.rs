//! The Lua module `rdiff`: signatures, deltas and patches over strings, functions, streams and files.
//!
//! `luaopen_rdiff` is the module; `luaopen_rdiff_original` is the one that lua-rdiff's users know, of the same file.

#![forbid(unsafe_code)]

mod argument;
mod basis;
mod failure;
mod files;
mod job;
mod loaded;
mod operations;
mod original;
mod protected;
mod settings;
mod sink;
mod source;
mod token;
mod watch;

use failure::Fault;
use mlua::{Function, IntoLua, Lua, MultiValue, Result, Table, Value};
use protected::Protected;

#[mlua::lua_module(name = "rdiff")]
fn rdiff(lua: &Lua) -> Result<Table> {
    let mut module = Module::new(lua)?;
    operations::register(&mut module)?;
    operations::register_digest(&mut module)?;
    files::register(&mut module)?;
    loaded::register(&mut module)?;
    job::register(&mut module)?;
    token::register(&mut module)?;
    module.table.set("_VERSION", env!("CARGO_PKG_VERSION"))?;
    Ok(module.table)
}

#[mlua::lua_module(name = "rdiff_original")]
fn rdiff_original(lua: &Lua) -> Result<Table> {
    let mut module = Module::new(lua)?;
    original::register(&mut module)?;
    Ok(module.table)
}

/// A module's table, while it is filled.
struct Module<'a> {
    lua: &'a Lua,
    table: Table,
    /// Makes a function that raises argument errors out of one that returns them.
    raising: Function,
    protected: Protected,
}

impl<'a> Module<'a> {
    fn new(lua: &'a Lua) -> Result<Self> {
        let raising = lua.load(include_str!("raising.lua")).set_name("=rdiff").eval()?;
        Ok(Self { lua, table: lua.create_table()?, raising, protected: Protected::new(lua)? })
    }

    /// Adds a function that does `work` with its arguments, of which those that are missing are nil.
    fn function<R: IntoLua + 'static>(
        &mut self,
        name: &'static str,
        work: impl Fn(&Lua, &Protected, Arguments) -> std::result::Result<R, Fault> + 'static,
    ) -> Result<()> {
        let protected = self.protected.clone();
        let inner = self.lua.create_function(move |lua, arguments: MultiValue| {
            Ok(match work(lua, &protected, Arguments(arguments)) {
                Ok(value) => (Value::Nil, value.into_lua(lua)?, None, None),
                Err(Fault::Argument { position, what }) => {
                    let wrong = format!("bad argument #{position} to '{name}' ({what})");
                    (wrong.into_lua(lua)?, Value::Nil, None, None)
                }
                Err(Fault::Failed(failure)) => {
                    let kind = failure.kind.map(failure::kind_name);
                    (Value::Nil, Value::Nil, Some(failure.message), kind)
                }
            })
        })?;
        let outer: Function = self.raising.call(inner)?;
        self.table.set(name, outer)
    }
}

/// What a function was called with.
struct Arguments(MultiValue);

impl Arguments {
    /// The argument at a position, counted from 1.
    fn at(&self, position: usize) -> Value {
        self.0.get(position - 1).cloned().unwrap_or(Value::Nil)
    }
}
