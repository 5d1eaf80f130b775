//! The table of options.

use crate::{
    argument::{shown, truth, whole},
    failure::{Failure, Fault},
    protected::Protected,
    token::Token,
    watch::{Watch, Watcher},
};
use mlua::{LuaString, Table, Value};
use rollsync::{
    BlockLen, CancelToken, EmptyBasis, ErrorKind, Format, Limits, Options, Profile, Report, SealCheck,
    SignatureOptions, StrongLen, StrongLenChoice, Threads, Work,
};
use std::{num::NonZeroUsize, time::Duration};

/// What a caller has chosen.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    pub(crate) signature: SignatureOptions,
    pub(crate) profile: Profile,
    pub(crate) empty_basis: Option<EmptyBasis>,
    pub(crate) limits: Limits,
    pub(crate) time: Option<Duration>,
    pub(crate) threads: Threads,
    /// `None`: what is made is sealed, and a seal that is there is checked.
    pub(crate) seal: Option<bool>,
    pub(crate) seal_check: Option<SealCheck>,
    pub(crate) source_len: Option<u64>,
    pub(crate) watcher: Watcher,
    pub(crate) keep_existing: bool,
    pub(crate) no_sync: bool,
}

/// Names of options that belong together: what a call takes are some of these, and [`WATCHING`], which all take.
pub(crate) type Names = &'static [&'static str];

/// The sums of a signature.
pub(crate) const SUMS: Names = &["format", "block_len", "strong_len", "seal"];
/// The commands of a delta.
pub(crate) const COMMANDS: Names = &["profile", "empty_basis", "seal"];
/// What a patch looks at.
pub(crate) const CHECK: Names = &["seal", "seal_check"];
/// What reads may be told of their input.
pub(crate) const LEN: Names = &["source_len"];
/// Who makes signatures and deltas.
pub(crate) const THREADS: Names = &["threads"];
/// How an output file is put in its place.
pub(crate) const OUTPUT: Names = &["keep_existing", "sync"];
const WATCHING: Names = &["limits", "progress", "cancel"];

impl Settings {
    /// The argument at a position as a table of options, of these names; nil is an empty one.
    pub(crate) fn from_lua(
        protected: &Protected,
        value: &Value,
        position: usize,
        names: &[Names],
    ) -> Result<Self, Fault> {
        let mut settings = Self::default();
        let table = match value {
            Value::Nil => return Ok(settings),
            Value::Table(table) => table,
            other => {
                let what = format!("a table of options is wanted, not a {}", other.type_name());
                return Err(Fault::argument(position, what));
            }
        };
        for pair in table.pairs::<Value, Value>() {
            let (key, value) = pair?;
            let name = key.as_string().map(LuaString::to_string_lossy).unwrap_or_default();
            if !names.iter().chain([&WATCHING]).any(|names| names.contains(&name.as_str())) {
                return Err(Fault::argument(position, format!("there is no option {}", shown(&key))));
            }
            settings.set(protected, position, &name, &value)?;
        }
        if settings.seal.is_some() && settings.seal_check.is_some() {
            return Err(Failure::new(ErrorKind::Param, "seal and seal_check are both given").into());
        }
        Ok(settings)
    }

    /// Sets one option, which is there.
    fn set(
        &mut self,
        protected: &Protected,
        position: usize,
        name: &str,
        value: &Value,
    ) -> Result<(), Fault> {
        match name {
            "format" => self.signature.format = format(value)?,
            "block_len" => self.signature.block_len = Some(BlockLen::new(whole(value, name)?)?),
            "strong_len" => self.signature.strong_len = strong_len(value)?,
            "profile" => self.profile = profile(value)?,
            "empty_basis" => self.empty_basis = Some(empty_basis(value, position)?),
            "limits" => self.set_limits(value, position)?,
            "threads" => self.threads = threads(value)?,
            "seal" => self.seal = Some(truth(value, name)?),
            "seal_check" => self.seal_check = Some(seal_check(value)?),
            "source_len" => self.source_len = Some(whole(value, name)?),
            "keep_existing" => self.keep_existing = truth(value, name)?,
            "sync" => self.no_sync = !truth(value, name)?,
            "progress" => match value {
                Value::Function(function) => {
                    self.watcher.progress = Some((protected.clone(), function.clone()));
                }
                other => return Err(wrong(name, other, "a function").into()),
            },
            "cancel" => {
                let token = value.as_userdata().and_then(|data| Some(data.borrow::<Token>().ok()?.0.clone()));
                self.watcher.cancel = Some(token.ok_or_else(|| wrong(name, value, "a cancel_token()"))?);
            }
            _ => unreachable!("the names are those of the groups"),
        }
        Ok(())
    }

    fn set_limits(&mut self, value: &Value, position: usize) -> Result<(), Fault> {
        let Value::Table(table) = value else { return Err(wrong("limits", value, "a table").into()) };
        for pair in table.pairs::<Value, Value>() {
            let (key, value) = pair?;
            let name = key.as_string().map(LuaString::to_string_lossy).unwrap_or_default();
            match name.as_str() {
                "output" => self.limits.output = Some(whole(&value, "limits.output")?),
                "records" => self.limits.records = Some(whole(&value, "limits.records")?),
                "memory" => self.limits.memory = Some(whole(&value, "limits.memory")?),
                "literal" => self.limits.literal = Some(whole(&value, "limits.literal")?),
                "work" => self.limits.work = work(&value)?,
                "time" => self.time = Some(seconds(&value)?),
                _ => return Err(Fault::argument(position, format!("there is no limit {}", shown(&key)))),
            }
        }
        Ok(())
    }

    /// Whether what is made is sealed.
    pub(crate) fn seals(&self) -> bool {
        self.seal != Some(false)
    }

    /// What a patch does about a seal.
    pub(crate) fn seal_check(&self) -> SealCheck {
        self.seal_check.unwrap_or(match self.seal {
            None => SealCheck::IfThere,
            Some(true) => SealCheck::Required,
            Some(false) => SealCheck::Ignored,
        })
    }

    /// What watches work that begins now.
    pub(crate) fn watch(&self) -> Watch {
        Watch::new(self.watcher.clone(), self.time)
    }

    /// Does `work` with the library's options: one clock and one watch for all of it.
    pub(crate) fn with<T, E: Into<Failure>>(
        &self,
        work: impl FnOnce(&mut Options<'_>, &Watch) -> Result<T, E>,
    ) -> Result<T, Failure> {
        let watch = self.watch();
        watch.check()?;
        let stop = CancelToken::new();
        let mut told = |report: Report| {
            if let Err(failure) = watch.tell(report.into()) {
                watch.stop(failure);
                stop.cancel();
            }
        };
        let mut options = Options::new()
            .format(self.signature.format)
            .strong_len(self.signature.strong_len)
            .profile(self.profile)
            .limits(self.limits)
            .threads(self.threads)
            .seal(self.seals())
            .seal_check(self.seal_check())
            .keep_existing(self.keep_existing)
            .sync(!self.no_sync)
            .cancel(&stop)
            .progress(&mut told);
        if let Some(block_len) = self.signature.block_len {
            options = options.block_len(block_len);
        }
        if let Some(rule) = self.empty_basis {
            options = options.empty_basis(rule);
        }
        if let Some(time) = self.time {
            options = options.time_limit(time);
        }
        let done = work(&mut options, &watch);
        match watch.stopped() {
            Some(failure) => Err(failure),
            None => done.map_err(Into::into),
        }
    }
}

fn wrong(name: &str, value: &Value, wanted: &str) -> Failure {
    Failure::new(ErrorKind::Param, format!("{name} is {}, not {wanted}", shown(value)))
}

/// The names are those of the command `rollsync`.
pub(crate) const FORMATS: [(&str, Format); 4] = [
    ("rk-blake2", Format::RABIN_KARP_BLAKE2),
    ("rk-md4", Format::RABIN_KARP_MD4),
    ("rollsum-blake2", Format::ROLLSUM_BLAKE2),
    ("rollsum-md4", Format::ROLLSUM_MD4),
];

fn format(value: &Value) -> Result<Format, Failure> {
    let name = value.as_string().map(LuaString::to_string_lossy);
    let known = FORMATS.into_iter().find(|(known, _)| name.as_deref() == Some(*known));
    known
        .map(|(_, format)| format)
        .ok_or_else(|| wrong("format", value, "rk-blake2, rk-md4, rollsum-blake2 or rollsum-md4"))
}

fn strong_len(value: &Value) -> Result<StrongLenChoice, Failure> {
    match value.as_string().map(LuaString::to_string_lossy).as_deref() {
        Some("max") => Ok(StrongLenChoice::Max),
        Some("min") => Ok(StrongLenChoice::Min),
        Some(_) => Err(wrong("strong_len", value, "a number of bytes, min or max")),
        None => Ok(StrongLenChoice::Exactly(StrongLen::new(whole(value, "strong_len")?)?)),
    }
}

fn profile(value: &Value) -> Result<Profile, Failure> {
    let name = value.as_string().map(LuaString::to_string_lossy).unwrap_or_default();
    name.parse().map_err(|_| wrong("profile", value, "compact, librsync-2.3.4 or librsync-2.3.2"))
}

/// A length to cut at, or the two of librsync's buffers.
fn empty_basis(value: &Value, position: usize) -> Result<EmptyBasis, Fault> {
    let Value::Table(buffers) = value else { return Ok(EmptyBasis::Cut(part_len(value)?)) };
    for pair in buffers.pairs::<Value, Value>() {
        let (key, _) = pair?;
        let name = key.as_string().map(LuaString::to_string_lossy).unwrap_or_default();
        if !["input", "output"].contains(&name.as_str()) {
            return Err(Fault::argument(position, format!("there is no buffer {}", shown(&key))));
        }
    }
    let len = |buffers: &Table, name: &str| -> Result<_, Fault> { Ok(part_len(&buffers.get(name)?)?) };
    Ok(EmptyBasis::Buffers { input: len(buffers, "input")?, output: len(buffers, "output")? })
}

fn part_len(value: &Value) -> Result<NonZeroUsize, Failure> {
    let len = usize::try_from(whole(value, "empty_basis")?).ok().and_then(NonZeroUsize::new);
    len.ok_or_else(|| wrong("empty_basis", value, "a length"))
}

/// The words are those of the other bindings, or with `_` as Lua's are.
fn seal_check(value: &Value) -> Result<SealCheck, Failure> {
    match value.as_string().map(LuaString::to_string_lossy).as_deref() {
        Some("if_there" | "if-there") => Ok(SealCheck::IfThere),
        Some("required") => Ok(SealCheck::Required),
        Some("ignored") => Ok(SealCheck::Ignored),
        _ => Err(wrong("seal_check", value, "if_there, required or ignored")),
    }
}

fn threads(value: &Value) -> Result<Threads, Failure> {
    match value.as_string().map(LuaString::to_string_lossy).as_deref() {
        Some("available") => Ok(Threads::Available),
        Some(_) => Err(wrong("threads", value, "a number of threads or available")),
        None => {
            let count = usize::try_from(whole(value, "threads")?).ok().and_then(NonZeroUsize::new);
            count
                .map(Threads::Exactly)
                .ok_or_else(|| wrong("threads", value, "a number of threads or available"))
        }
    }
}

fn work(value: &Value) -> Result<Work, Failure> {
    match value.as_string().map(LuaString::to_string_lossy).as_deref() {
        Some("unlimited") => Ok(Work::Unlimited),
        Some(_) => Err(wrong("limits.work", value, "hashed bytes a byte, or unlimited")),
        None => {
            let per_byte = u32::try_from(whole(value, "limits.work")?);
            per_byte
                .map(Work::PerByte)
                .map_err(|_| wrong("limits.work", value, "hashed bytes a byte, or unlimited"))
        }
    }
}

fn seconds(value: &Value) -> Result<Duration, Failure> {
    #[expect(clippy::cast_precision_loss, reason = "seconds are not counted that far")]
    let seconds = match value {
        Value::Integer(number) => Some(*number as f64),
        Value::Number(number) => Some(*number),
        _ => None,
    };
    seconds
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .ok_or_else(|| wrong("limits.time", value, "a number of seconds"))
}
