//! The keywords of a call, read into what the engine is told.

use crate::{
    errors::{exception, param},
    limits::Limits,
    watch::Cancel,
};
use pyo3::{
    exceptions::{PyOverflowError, PyTypeError},
    prelude::*,
    types::{PyDict, PyString},
};
use rollsync::{
    BlockLen, CancelToken, DeltaOptions, Format, Options, Profile, SealCheck, SignatureOptions, StrongLen,
    StrongLenChoice, Threads,
};
use std::num::NonZeroUsize;

/// What a call was told beside its files. What is sealed by the command `rollsync` is sealed here.
pub(crate) struct Settings {
    pub(crate) signature: SignatureOptions,
    pub(crate) delta: DeltaOptions,
    pub(crate) limits: Limits,
    pub(crate) seal: bool,
    pub(crate) seal_check: SealCheck,
    pub(crate) keep_existing: bool,
    pub(crate) sync: bool,
    pub(crate) cancel: Option<CancelToken>,
    pub(crate) progress: Option<Py<PyAny>>,
    threads: Threads,
}

impl Settings {
    /// Reads the keywords of `call`, which takes those that are `known`.
    pub(crate) fn read(
        call: &str,
        keywords: Option<&Bound<'_, PyDict>>,
        known: &[&[&str]],
    ) -> PyResult<Self> {
        let mut settings = Self {
            signature: SignatureOptions::default(),
            delta: DeltaOptions::default(),
            limits: Limits::default(),
            seal: true,
            seal_check: SealCheck::IfThere,
            keep_existing: false,
            sync: true,
            cancel: None,
            progress: None,
            threads: Threads::ONE,
        };
        for (keyword, value) in keywords.into_iter().flatten() {
            let keyword: String = keyword.extract()?;
            if !known.iter().any(|known| known.contains(&keyword.as_str())) {
                let words = format!("{call}() got an unexpected keyword argument '{keyword}'");
                return Err(PyTypeError::new_err(words));
            }
            settings.set(&keyword, &value)?;
        }
        Ok(settings)
    }

    fn set(&mut self, keyword: &str, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = value.py();
        match keyword {
            "format" => {
                let name: String = value.extract()?;
                self.signature.format = format_of_name(&name)
                    .ok_or_else(|| param(py, &format!("format '{name}' is none of {}", names(FORMATS))))?;
            }
            "block_len" => self.signature.block_len = optional(keyword, value, BlockLen::new)?,
            "strong_len" => self.signature.strong_len = strong_len(value)?,
            "profile" => {
                let name: String = value.extract()?;
                let unknown = |_| param(py, &format!("profile '{name}' is none of {}", names(Profile::ALL)));
                self.delta.profile = name.parse().map_err(unknown)?;
            }
            "limits" => {
                self.limits = match value.extract::<Option<PyRef<'_, Limits>>>()? {
                    Some(limits) => *limits,
                    None => Limits::default(),
                }
            }
            "seal" => self.seal = value.extract()?,
            "seal_check" => {
                let name: String = value.extract()?;
                self.seal_check = SEAL_CHECKS
                    .iter()
                    .find(|(_, known)| *known == name)
                    .map(|(check, _)| *check)
                    .ok_or_else(|| {
                        param(py, &format!("seal_check '{name}' is none of {}", names(SEAL_CHECKS)))
                    })?;
            }
            "overwrite" => self.keep_existing = !value.extract::<bool>()?,
            "sync" => self.sync = value.extract()?,
            "threads" => {
                let count =
                    optional(keyword, value, |count| Ok(usize::try_from(count).unwrap_or(usize::MAX)))?;
                self.threads = match count.map(NonZeroUsize::new) {
                    None => Threads::ONE,
                    Some(None) => Threads::Available,
                    Some(Some(count)) => Threads::Exactly(count),
                };
            }
            "cancel" => {
                let cancel = value.extract::<Option<PyRef<'_, Cancel>>>()?;
                self.cancel = cancel.map(|cancel| cancel.token.clone());
            }
            "progress" => {
                if !value.is_none() && !value.is_callable() {
                    return Err(PyTypeError::new_err("progress cannot be called"));
                }
                self.progress = (!value.is_none()).then(|| value.clone().unbind());
            }
            _ => unreachable!("a call knows keywords that are known here"),
        }
        Ok(())
    }

    /// The same with the limits, and the cancel token, of others.
    pub(crate) fn limited_as(mut self, others: &Self) -> Self {
        (self.limits, self.cancel) = (others.limits, others.cancel.clone());
        self
    }

    /// All of it but who is told, and what a guard looks at.
    pub(crate) fn options<'a>(&self) -> Options<'a> {
        let options = Options::new()
            .format(self.signature.format)
            .strong_len(self.signature.strong_len)
            .profile(self.delta.profile)
            .limits(self.limits.engine)
            .threads(self.threads)
            .seal(self.seal)
            .seal_check(self.seal_check)
            .keep_existing(self.keep_existing)
            .sync(self.sync);
        match self.signature.block_len {
            Some(block_len) => options.block_len(block_len),
            None => options,
        }
    }
}

const SEAL_CHECKS: [(SealCheck, &str); 3] =
    [(SealCheck::IfThere, "if-there"), (SealCheck::Required, "required"), (SealCheck::Ignored, "ignored")];

/// The formats by the names that the command `rollsync` has for them.
const FORMATS: [(Format, &str); 4] = [
    (Format::RABIN_KARP_BLAKE2, "rk-blake2"),
    (Format::RABIN_KARP_MD4, "rk-md4"),
    (Format::ROLLSUM_BLAKE2, "rollsum-blake2"),
    (Format::ROLLSUM_MD4, "rollsum-md4"),
];

fn format_of_name(name: &str) -> Option<Format> {
    FORMATS.iter().find(|(_, known)| *known == name).map(|(format, _)| *format)
}

/// The name of a format.
pub(crate) fn name_of_format(format: Format) -> &'static str {
    FORMATS.iter().find(|(known, _)| *known == format).map_or("", |(_, name)| name)
}

fn names<T, const N: usize>(all: [(T, &str); N]) -> String {
    all.map(|(_, name)| format!("'{name}'")).join(", ")
}

fn strong_len(value: &Bound<'_, PyAny>) -> PyResult<StrongLenChoice> {
    if value.is_instance_of::<PyString>() {
        return match value.extract::<String>()?.as_str() {
            "max" => Ok(StrongLenChoice::Max),
            "min" => Ok(StrongLenChoice::Min),
            _ => Err(param(value.py(), "strong_len is neither a number nor 'max' nor 'min'")),
        };
    }
    let len = optional("strong_len", value, StrongLen::new)?;
    Ok(len.map_or(StrongLenChoice::Max, StrongLenChoice::Exactly))
}

/// A number that may be `None`; one that no `u64` holds is out of range.
fn optional<T>(
    keyword: &str,
    value: &Bound<'_, PyAny>,
    make: impl FnOnce(u64) -> Result<T, rollsync::ParamError>,
) -> PyResult<Option<T>> {
    let py = value.py();
    let number = value.extract::<Option<u64>>().map_err(|error| {
        if error.is_instance_of::<PyOverflowError>(py) {
            param(py, &format!("{keyword} is out of range"))
        } else {
            error
        }
    })?;
    number.map(make).transpose().map_err(|error| exception(py, error))
}
