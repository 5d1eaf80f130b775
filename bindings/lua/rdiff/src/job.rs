//! Jobs that are fed: `signature_job`, `load_job`, `delta_job`, `patch_job`.

mod engine;

use crate::{
    Module,
    basis::LuaBasis,
    failure::{Failure, kind_name},
    loaded::{Given, Loaded},
    settings::{CHECK, COMMANDS, LEN, SUMS, Settings},
    source::Rules,
    watch::{Told, Watch},
};
use engine::Engine;
use mlua::{IntoLua, IntoLuaMulti, Lua, MultiValue, Table, UserData, UserDataMethods, Value};
use rollsync::{ErrorKind, Phase, Stats};
use std::cell::RefCell;

pub(crate) fn register(module: &mut Module<'_>) -> mlua::Result<()> {
    module.function("signature_job", |lua, protected, arguments| {
        let settings = Settings::from_lua(protected, &arguments.at(1), 1, &[SUMS, LEN])?;
        Ok(lua.create_userdata(Running::new(Engine::signature(&settings)?, Phase::Signature, &settings))?)
    })?;
    module.function("load_job", |lua, protected, arguments| {
        let settings = Settings::from_lua(protected, &arguments.at(1), 1, &[LEN])?;
        Ok(lua.create_userdata(Running::new(Engine::load(&settings), Phase::Load, &settings))?)
    })?;
    module.function("delta_job", |lua, protected, arguments| {
        let settings = Settings::from_lua(protected, &arguments.at(2), 2, &[COMMANDS, LEN])?;
        let index = Given::from_lua(lua, arguments.at(1), 1)?.load(protected, &settings)?;
        Ok(lua.create_userdata(Running::new(Engine::delta(index, &settings), Phase::Delta, &settings))?)
    })?;
    module.function("patch_job", |lua, protected, arguments| {
        let settings = Settings::from_lua(protected, &arguments.at(2), 2, &[CHECK, LEN])?;
        let basis = LuaBasis::from_lua(lua, protected, arguments.at(1), 1, Rules::Own)?;
        Ok(lua.create_userdata(Running::new(Engine::patch(basis, &settings), Phase::Patch, &settings))?)
    })
}

/// A job under way. Its callbacks may come back to it: they find the state borrowed.
#[derive(Debug)]
struct Running {
    state: RefCell<State>,
    phase: Phase,
    total_in: Option<u64>,
    /// What was counted up to the last turn.
    stats: RefCell<Stats>,
}

#[derive(Debug)]
enum State {
    Open(Box<Open>),
    // These hold no function of Lua's: one that refers to the job would keep it, and that the function, for ever.
    Finished,
    Closed,
    Failed(Failure),
}

#[derive(Debug)]
struct Open {
    engine: Engine,
    watch: Watch,
}

/// What a call of a job gives.
enum Output {
    Bytes(Vec<u8>),
    Signature(Loaded),
}

impl Running {
    fn new(engine: Engine, phase: Phase, settings: &Settings) -> Self {
        Self {
            state: RefCell::new(State::Open(Box::new(Open { engine, watch: settings.watch() }))),
            phase,
            total_in: settings.source_len,
            stats: RefCell::default(),
        }
    }

    /// Takes input, `None` when that was all of it; what it makes certain.
    fn go_on(&self, bytes: Option<&[u8]>) -> Result<Output, Failure> {
        let refused = |why: &str| Err(Failure::new(ErrorKind::Param, why));
        let Ok(mut state) = self.state.try_borrow_mut() else { return refused("the job is at work") };
        let open = match &mut *state {
            State::Open(open) => open,
            State::Finished => return refused("the job is finished"),
            State::Closed => return refused("the job is closed"),
            State::Failed(failure) => return Err(failure.clone()),
        };
        let mut output = Vec::new();
        let mut result = self.advance(open, bytes, &mut output).map(|()| Output::Bytes(output));
        if bytes.is_none()
            && result.is_ok()
            && let State::Open(open) = std::mem::replace(&mut *state, State::Finished)
        {
            match open.engine.into_index() {
                Ok(None) => {}
                Ok(Some(index)) => result = Ok(Output::Signature(Loaded::new(index))),
                Err(failure) => result = Err(failure),
            }
        }
        if let Err(failure) = &result {
            *state = State::Failed(failure.clone());
        }
        result
    }

    fn advance(&self, open: &mut Open, bytes: Option<&[u8]>, output: &mut Vec<u8>) -> Result<(), Failure> {
        let Open { engine, watch } = open;
        watch.look()?;
        let told = |stats: &Stats| Told::of_job(self.phase, self.total_in, stats);
        let done = engine.go_on(bytes, output, &mut |stats| {
            let now = told(&stats);
            self.stats.replace(stats);
            watch.look()?;
            watch.tell(now)
        });
        let stats = engine.stats();
        let now = told(&stats);
        self.stats.replace(stats);
        done.and_then(|()| watch.tell_change(now))
    }

    /// Lets go of what an open job holds.
    fn close(&self) -> Result<bool, Failure> {
        let Ok(mut state) = self.state.try_borrow_mut() else {
            return Err(Failure::new(ErrorKind::Param, "the job is at work"));
        };
        if matches!(&*state, State::Open(_)) {
            *state = State::Closed;
        }
        Ok(true)
    }
}

impl IntoLua for Output {
    fn into_lua(self, lua: &Lua) -> mlua::Result<Value> {
        match self {
            Self::Bytes(bytes) => lua.create_string(bytes).map(Value::String),
            Self::Signature(loaded) => lua.create_userdata(loaded).map(Value::UserData),
        }
    }
}

impl UserData for Running {
    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        fn close(lua: &Lua, job: &Running, (): ()) -> mlua::Result<MultiValue> {
            returned(lua, job.close())
        }
        methods.add_method("feed", |lua, job, bytes: Value| {
            let Some(bytes) = lua.coerce_string(bytes)? else {
                return returned(lua, Err::<Value, _>(Failure::new(ErrorKind::Param, "feed takes a string")));
            };
            returned(lua, job.go_on(Some(&bytes.as_bytes())))
        });
        methods.add_method("finish", |lua, job, ()| returned(lua, job.go_on(None)));
        methods.add_method("stats", |lua, job, ()| {
            let stats = job.stats.borrow().clone();
            stats_table(lua, &stats)
        });
        methods.add_method("close", close);
        // Lua 5.4 calls it for a variable that is to be closed.
        methods.add_meta_method("__close", close);
    }
}

fn returned(lua: &Lua, result: Result<impl IntoLua, Failure>) -> mlua::Result<MultiValue> {
    match result {
        Ok(value) => value.into_lua_multi(lua),
        Err(Failure { message, kind }) => (Value::Nil, message, kind.map(kind_name)).into_lua_multi(lua),
    }
}

fn stats_table(lua: &Lua, stats: &Stats) -> mlua::Result<Table> {
    let table = lua.create_table()?;
    for (name, count) in [
        ("bytes_in", stats.bytes_in),
        ("bytes_out", stats.bytes_out),
        ("blocks", stats.blocks),
        ("block_len", stats.block_len.into()),
        ("literals", stats.literal.commands),
        ("literal_bytes", stats.literal.bytes),
        ("copies", stats.copy.commands),
        ("copy_bytes", stats.copy.bytes),
        ("matches", stats.search.matches),
        ("false_matches", stats.search.false_matches()),
        ("hashed_bytes", stats.search.hashed_bytes),
        ("skipped", stats.search.skipped),
    ] {
        table.set(name, count)?;
    }
    Ok(table)
}
