//! Python's file objects as readers, writers and bases.

use crate::stats::to_bytes;
use pyo3::{
    exceptions::{PyAttributeError, PyBlockingIOError, PyOSError, PyTypeError, PyValueError},
    prelude::*,
    types::{PyByteArray, PyBytes, PyMemoryView},
};
use rollsync::Basis;
use std::io::{self, Read, Write};

/// A file object: something with `read`, or with `write`.
pub(crate) struct Object(pub(crate) Py<PyAny>);

impl Object {
    /// How many bytes lie before its end, if it can say where it stands and seek there. Its position stays.
    pub(crate) fn remaining(&self) -> PyResult<Option<u64>> {
        if !self.is_seekable()? {
            return Ok(None);
        }
        Python::attach(|py| {
            let object = self.0.bind(py);
            let to_end = || -> PyResult<u64> {
                let here: u64 = object.call_method0("tell")?.extract()?;
                object.call_method1("seek", (0, 2))?;
                Ok(here)
            };
            let here = match to_end() {
                // There is no `tell`, or its `seek` knows offsets alone: it has not moved.
                Err(raised)
                    if raised.is_instance_of::<PyAttributeError>(py)
                        || raised.is_instance_of::<PyTypeError>(py) =>
                {
                    return Ok(None);
                }
                here => here?,
            };
            let end: u64 = object.call_method0("tell")?.extract()?;
            object.call_method1("seek", (here,))?;
            Ok(Some(end.saturating_sub(here)))
        })
    }

    /// Whether it can seek: it says so, or has the method and says nothing.
    pub(crate) fn is_seekable(&self) -> PyResult<bool> {
        Python::attach(|py| {
            let object = self.0.bind(py);
            if !object.hasattr("seekable")? {
                return object.hasattr("seek");
            }
            object.call_method0("seekable")?.is_truthy()
        })
    }

    fn read_here(&self, py: Python<'_>, place: &mut [u8]) -> PyResult<usize> {
        let read = self.0.bind(py).call_method1("read", (place.len(),))?;
        if read.is_none() {
            return Err(PyBlockingIOError::new_err((libc::EAGAIN, "read() gave None: it would block")));
        }
        let read = if read.is_instance_of::<PyByteArray>() {
            PyMemoryView::from(&read)?.call_method0("tobytes")?
        } else {
            read
        };
        let Ok(bytes) = read.cast::<PyBytes>() else {
            let class = read.get_type().name()?;
            return Err(PyTypeError::new_err(format!(
                "read() gave {class}, not bytes: open the file with 'b'"
            )));
        };
        let bytes = bytes.as_bytes();
        let Some(place) = place.get_mut(..bytes.len()) else {
            return Err(PyValueError::new_err("read() gave more bytes than it was asked for"));
        };
        place.copy_from_slice(bytes);
        Ok(bytes.len())
    }

    /// Whether it has no bytes from an offset on; it is then at its end.
    fn has_ended_before(&self, py: Python<'_>, offset: u64) -> bool {
        let object = self.0.bind(py);
        let sought = object.call_method1("seek", (0, 2));
        let end = sought.and_then(|_| object.call_method0("tell")?.extract::<u64>());
        end.is_ok_and(|end| end <= offset)
    }
}

/// What Python raises is kept whole, and never taken for an interrupted call.
fn attached<T>(work: impl FnOnce(Python<'_>) -> PyResult<T>) -> io::Result<T> {
    Python::attach(work).map_err(io::Error::other)
}

impl Read for Object {
    fn read(&mut self, place: &mut [u8]) -> io::Result<usize> {
        attached(|py| self.read_here(py, place))
    }
}

/// For objects that can seek.
impl Basis for Object {
    fn read_at(&mut self, offset: u64, place: &mut [u8]) -> io::Result<usize> {
        // Behind the longest file that there can be, the basis has ended: `seek` would refuse to look.
        if offset.checked_add(place.len() as u64).is_none_or(|end| end > i64::MAX.cast_unsigned()) {
            return Ok(0);
        }
        attached(|py| {
            match self.0.bind(py).call_method1("seek", (offset,)) {
                // A memory map cannot seek to where others have nothing to read.
                Err(raised)
                    if raised.is_instance_of::<PyValueError>(py) && self.has_ended_before(py, offset) =>
                {
                    Ok(0)
                }
                sought => {
                    sought?;
                    self.read_here(py, place)
                }
            }
        })
    }
}

impl Write for Object {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        attached(|py| {
            let object = self.0.bind(py);
            let written = object.call_method1("write", (to_bytes(py, bytes)?,))?;
            if !written.is_none() {
                let len: usize = written.extract()?;
                if len > bytes.len() {
                    return Err(PyValueError::new_err("write() took more bytes than it was given"));
                }
                return Ok(len);
            }
            // A raw file says so that it would block, others that they have taken everything.
            if object.is_instance(&py.import("io")?.getattr("RawIOBase")?)? {
                return Err(PyOSError::new_err((libc::EAGAIN, "write() gave None: it would block")));
            }
            Ok(bytes.len())
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
