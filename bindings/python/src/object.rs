//! Python's file objects as readers, writers and bases.

use pyo3::{
    exceptions::{PyBlockingIOError, PyOSError, PyTypeError, PyValueError},
    prelude::*,
    pybacked::PyBackedBytes,
    types::PyBytes,
};
use rollsync::Basis;
use std::io::{self, Read, Write};

/// A file object: something with `read`, or with `write`.
pub(crate) struct Object(pub(crate) Py<PyAny>);

impl Object {
    /// How many bytes lie before its end, if it can seek. Its position stays.
    pub(crate) fn remaining(&self) -> PyResult<Option<u64>> {
        if !self.is_seekable()? {
            return Ok(None);
        }
        Python::attach(|py| {
            let object = self.0.bind(py);
            let here: u64 = object.call_method0("tell")?.extract()?;
            object.call_method1("seek", (0, 2))?;
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
        let Ok(bytes) = read.extract::<PyBackedBytes>() else {
            let class = read.get_type().name()?;
            return Err(PyTypeError::new_err(format!(
                "read() gave {class}, not bytes: open the file with 'b'"
            )));
        };
        let Some(place) = place.get_mut(..bytes.len()) else {
            return Err(PyValueError::new_err("read() gave more bytes than it was asked for"));
        };
        place.copy_from_slice(&bytes);
        Ok(bytes.len())
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
            self.0.bind(py).call_method1("seek", (offset,))?;
            self.read_here(py, place)
        })
    }
}

impl Write for Object {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        attached(|py| {
            let object = self.0.bind(py);
            let written = object.call_method1("write", (PyBytes::new(py, bytes),))?;
            if !written.is_none() {
                return written.extract::<usize>().map(|len| len.min(bytes.len()));
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
