//! Where bytes go: back to the caller, to a path, or to a file object.

use crate::{
    blame::At,
    errors::{Failure, param},
    object::Object,
    source::{Source, is_path},
    stats::Made,
    storage::is_shared,
    watch::Work,
};
use pyo3::{Borrowed, exceptions::PyTypeError, prelude::*};
use rollsync::{Error, FileBacked, OutputFile, OutputOptions, Side, Stats};
use std::{
    fmt::Display,
    fs::File,
    io::{self, Write},
    path::PathBuf,
};

/// The output of a call.
pub(crate) enum Target {
    Bytes,
    Path(PathBuf),
    Object(Object),
}

impl<'py> FromPyObject<'_, 'py> for Target {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if object.is_none() {
            Ok(Self::Bytes)
        } else if is_path(&object)? {
            Ok(Self::Path(object.extract()?))
        } else if object.hasattr("write")? {
            Ok(Self::Object(Object(object.to_owned().unbind())))
        } else {
            let class = object.get_type().name()?;
            let words = format!("{class} is neither a path, nor a file object opened for writing, nor None");
            Err(PyTypeError::new_err(words))
        }
    }
}

impl Target {
    /// Refuses an object that is an input as well. A path may be one: it is replaced when all is well.
    pub(crate) fn apart_from(self, py: Python<'_>, inputs: &[&Source]) -> PyResult<Self> {
        if let Self::Object(output) = &self {
            for input in inputs {
                if is_shared(py, output, input)? {
                    return Err(param(py, "the output is an input as well"));
                }
            }
        }
        Ok(self)
    }

    /// The file that it is in a call, if it has a path.
    pub(crate) fn at(&self, role: impl Display) -> Option<At> {
        match self {
            Self::Path(path) => Some(At::new(role, path)),
            Self::Bytes | Self::Object(_) => None,
        }
    }

    /// Opens it; `inputs` are the files that are read meanwhile.
    pub(crate) fn open(self, work: &Work<'_>, inputs: &[Option<&File>]) -> Result<Output, Failure> {
        Ok(match self {
            Self::Bytes => Output::Bytes(Vec::new()),
            Self::Object(object) => Output::Object(object),
            Self::Path(path) => {
                let inputs: Vec<&File> = inputs.iter().flatten().copied().collect();
                let (keep_existing, sync) = (work.keep_existing, work.sync);
                let options = OutputOptions { inputs: &inputs, keep_existing, sync };
                Output::File(OutputFile::create(&path, &options)?, path)
            }
        })
    }
}

/// An output that is open.
pub(crate) enum Output {
    Bytes(Vec<u8>),
    File(OutputFile, PathBuf),
    Object(Object),
}

impl Output {
    /// Puts what was written where it belongs.
    pub(crate) fn finish(self, stats: Stats, work: &Work<'_>) -> Result<Made, Failure> {
        let mut made = Made { bytes: None, stats };
        match self {
            Self::Bytes(bytes) => made.bytes = Some(bytes),
            Self::Object(_) => {}
            Self::File(mut file, path) => {
                let offset = made.stats.bytes_out;
                file.flush().map_err(|source| Failure::Work {
                    error: Error::Io { side: Side::Write, offset, source },
                    at: Some(Box::new(At::new("output", &path))),
                })?;
                work.go_on()?;
                file.commit()?;
            }
        }
        Ok(made)
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Bytes(all) => {
                // The allocator's refusal is an error of this call, not the end of the process.
                all.try_reserve(bytes.len()).map_err(|_| io::ErrorKind::OutOfMemory)?;
                all.write(bytes)
            }
            Self::File(file, _) => file.write(bytes),
            Self::Object(object) => object.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl FileBacked for Output {
    fn as_file(&self) -> Option<&File> {
        match self {
            Self::File(file, _) => file.as_file(),
            Self::Bytes(_) | Self::Object(_) => None,
        }
    }

    fn make_room(&self, len: u64) {
        if let Self::File(file, _) = self {
            file.make_room(len);
        }
    }
}
