//! Jobs that are fed: `signature_job`, `load_job`, `delta_job`, `patch_job`.

mod engine;

use crate::{
    Module,
    basis::LuaBasis,
    failure::{Failure, kind_name},
    loaded::Loaded,
    settings::{Settings, Told, Watcher},
};
use engine::Engine;
use mlua::{IntoLuaMulti, Lua, LuaString, MultiValue, Table, UserData, UserDataMethods, Value};
use rollsync::{ErrorKind, LimitError, LimitKind, Phase, Stats};
use std::time::{Duration, Instant};

pub(crate) fn register(module: &mut Module<'_>) -> mlua::Result<()> {
    module.function("signature_job", |lua, protected, arguments| {
        let settings = Settings::from_lua(protected, &arguments.at(1), 1)?;
        Ok(lua.create_userdata(Running::signature(&settings)?)?)
    })?;
    module.function("load_job", |lua, protected, arguments| {
        let settings = Settings::from_lua(protected, &arguments.at(1), 1)?;
        Ok(lua.create_userdata(Running::new(Engine::load(&settings), Phase::Load, &settings))?)
    })?;
    module.function("delta_job", |lua, protected, arguments| {
        let settings = Settings::from_lua(protected, &arguments.at(2), 2)?;
        let loaded = Loaded::from_lua(lua, protected, arguments.at(1), 1, &settings)?;
        Ok(lua.create_userdata(Running::new(Engine::delta(&loaded, &settings), Phase::Delta, &settings))?)
    })?;
    module.function("patch_job", |lua, protected, arguments| {
        let settings = Settings::from_lua(protected, &arguments.at(2), 2)?;
        let basis = LuaBasis::from_lua(lua, protected, arguments.at(1), 1)?;
        Ok(lua.create_userdata(Running::new(Engine::patch(basis, &settings), Phase::Patch, &settings))?)
    })
}

/// A job under way.
#[derive(Debug)]
struct Running {
    state: State,
    phase: Phase,
    watcher: Watcher,
    total_in: Option<u64>,
    time: Option<(Instant, Duration)>,
    /// What was counted when it ended.
    stats: Stats,
}

#[derive(Debug)]
enum State {
    Open(Engine),
    Finished,
    Failed(Failure),
}

/// What the end of a job gives.
enum Last {
    Bytes(Vec<u8>),
    Signature(Loaded),
}

impl Running {
    fn signature(settings: &Settings) -> Result<Self, Failure> {
        Ok(Self::new(Engine::signature(settings)?, Phase::Signature, settings))
    }

    fn new(engine: Engine, phase: Phase, settings: &Settings) -> Self {
        Self {
            state: State::Open(engine),
            phase,
            watcher: settings.watcher.clone(),
            total_in: settings.source_len,
            time: settings.time.map(|time| (Instant::now(), time)),
            stats: Stats::default(),
        }
    }

    /// Takes input; the output that it makes certain.
    fn feed(&mut self, bytes: &[u8]) -> Result<Vec<u8>, Failure> {
        self.work(|engine| {
            let mut output = Vec::new();
            engine.feed(bytes, &mut output)?;
            Ok(output)
        })
    }

    /// Says that this was all of the input.
    fn finish(&mut self) -> Result<Last, Failure> {
        let last = self.work(|engine| {
            let mut output = Vec::new();
            engine.finish(&mut output)?;
            Ok(output)
        })?;
        match std::mem::replace(&mut self.state, State::Finished) {
            State::Open(engine) => Ok(match engine.into_loaded()? {
                Some(loaded) => Last::Signature(loaded),
                None => Last::Bytes(last),
            }),
            other => {
                self.state = other;
                Ok(Last::Bytes(last))
            }
        }
    }

    /// What the job has counted.
    fn stats(&self) -> Stats {
        match &self.state {
            State::Open(engine) => engine.stats(),
            State::Finished | State::Failed(_) => self.stats.clone(),
        }
    }

    fn work(
        &mut self,
        work: impl FnOnce(&mut Engine) -> Result<Vec<u8>, Failure>,
    ) -> Result<Vec<u8>, Failure> {
        let engine = match &mut self.state {
            State::Open(engine) => engine,
            State::Finished => return Err(Failure::new(ErrorKind::Param, "the job is finished")),
            State::Failed(failure) => return Err(failure.clone()),
        };
        let worked = self.watcher.check().and_then(|()| in_time(self.time)).and_then(|()| work(engine));
        self.stats = engine.stats();
        let told = worked.and_then(|output| {
            let (phase, total_in) = (self.phase.to_string(), self.total_in);
            let Stats { bytes_in, bytes_out, .. } = self.stats;
            self.watcher.tell(Told { phase, bytes_in, total_in, bytes_out }).map(|()| output)
        });
        if let Err(failure) = &told {
            self.state = State::Failed(failure.clone());
        }
        told
    }
}

fn in_time(time: Option<(Instant, Duration)>) -> Result<(), Failure> {
    let Some((start, time)) = time else { return Ok(()) };
    let taken = start.elapsed();
    if taken < time {
        return Ok(());
    }
    let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    let limit = millis(time);
    let needed = millis(taken).max(limit.saturating_add(1));
    Err(LimitError { kind: LimitKind::Time, limit, needed }.into())
}

impl UserData for Running {
    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        methods.add_method_mut("feed", |lua, job, bytes: Value| {
            let Some(bytes) = lua.coerce_string(bytes)? else {
                return returned(lua, Err::<Value, _>(Failure::new(ErrorKind::Param, "feed takes a string")));
            };
            let fed = job.feed(&bytes.as_bytes());
            returned(lua, fed.map(LuaString::wrap))
        });
        methods.add_method_mut("finish", |lua, job, ()| match job.finish() {
            Ok(Last::Bytes(bytes)) => returned(lua, Ok(LuaString::wrap(bytes))),
            Ok(Last::Signature(loaded)) => returned(lua, Ok(lua.create_userdata(loaded)?)),
            Err(failure) => returned(lua, Err::<Value, _>(failure)),
        });
        methods.add_method("stats", |lua, job, ()| stats_table(lua, &job.stats()));
    }
}

fn returned(lua: &Lua, result: Result<impl mlua::IntoLua, Failure>) -> mlua::Result<MultiValue> {
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
