//! Whether two arguments are one file.

use crate::{object::Object, source::Source};
use pyo3::{exceptions::PyException, prelude::*};
use std::{fs, os::unix::fs::MetadataExt};

/// Whether what is written to `output` would change what is read from `input`.
pub(crate) fn is_shared(py: Python<'_>, output: &Object, input: &Source) -> PyResult<bool> {
    let output = output.0.bind(py);
    let written = Stored::behind(output)?;
    Ok(match input {
        Source::Bytes(_) => false,
        Source::Path(path) => fs::metadata(path).is_ok_and(|found| {
            written.is_some_and(|written| written.is_kept() && written.inode == (found.dev(), found.ino()))
        }),
        Source::Object(input) => {
            let input = input.0.bind(py);
            match (&written, Stored::behind(input)?) {
                (Some(written), Some(read)) => written.is_kept() && written.inode == read.inode,
                _ => output.is(input),
            }
        }
    })
}

/// What the system has behind a file object.
#[derive(Clone, Copy)]
struct Stored {
    /// Device and number.
    inode: (u64, u64),
    mode: u32,
}

impl Stored {
    /// `None` for an object in memory.
    fn behind(object: &Bound<'_, PyAny>) -> PyResult<Option<Self>> {
        let py = object.py();
        // Who asks for its number makes it a file on the disk.
        let is_spooled = object.is_instance(&py.import("tempfile")?.getattr("SpooledTemporaryFile")?)?;
        if is_spooled || !object.hasattr("fileno")? {
            return Ok(None);
        }
        let found = object.call_method0("fileno").and_then(|number| {
            let found = py.import("os")?.call_method1("fstat", (number,))?;
            let number = |name: &str| found.getattr(name)?.extract::<u64>();
            let mode: u32 = found.getattr("st_mode")?.extract()?;
            Ok(Self { inode: (number("st_dev")?, number("st_ino")?), mode })
        });
        match found {
            // It has no number, whatever it says instead.
            Err(raised) if raised.is_instance_of::<PyException>(py) => Ok(None),
            found => found.map(Some),
        }
    }

    /// Whether what is written there can be read there: a terminal and a socket go two ways.
    const fn is_kept(self) -> bool {
        !matches!(self.mode & libc::S_IFMT, libc::S_IFCHR | libc::S_IFSOCK)
    }
}
