//! Where bytes come from: bytes, a path, or a file object.

use crate::{errors::Failure, object::Object, watch::PAUSE};
use pyo3::{
    Borrowed, PyTraverseError, PyVisit,
    exceptions::PyTypeError,
    prelude::*,
    pybacked::PyBackedBytes,
    types::{PyMemoryView, PyString},
};
use rollsync::{Basis, FileError, Role, spill};
use std::{
    fs::File,
    io::{self, Read, Seek},
    path::PathBuf,
    time::Instant,
};

/// An input of a call.
pub(crate) enum Source {
    Bytes(PyBackedBytes),
    Path(PathBuf),
    Object(Object),
}

impl<'py> FromPyObject<'_, 'py> for Source {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if is_path(&object)? {
            return Ok(Self::Path(object.extract()?));
        }
        if object.hasattr("read")? {
            return Ok(Self::Object(Object(object.to_owned().unbind())));
        }
        let Ok(Data(bytes)) = object.extract::<Data>() else {
            let class = object.get_type().name()?;
            return Err(PyTypeError::new_err(format!(
                "{class} is neither bytes, nor a path, nor a file object opened for reading"
            )));
        };
        Ok(Self::Bytes(bytes))
    }
}

/// Whether an argument is a path: a text, or what `os.fspath` takes.
pub(crate) fn is_path(object: &Bound<'_, PyAny>) -> PyResult<bool> {
    Ok(object.is_instance_of::<PyString>() || object.hasattr("__fspath__")?)
}

/// Bytes, or anything that has the buffer protocol. Bytes are not copied; what others may change while it is worked on is.
pub(crate) struct Data(pub(crate) PyBackedBytes);

impl<'py> FromPyObject<'_, 'py> for Data {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(bytes) = object.extract::<PyBackedBytes>() {
            return Ok(Self(bytes));
        }
        let bytes = PyMemoryView::from(&object)?.call_method0("tobytes")?;
        Ok(Self(bytes.extract::<PyBackedBytes>()?))
    }
}

impl Source {
    /// Its path, if it has one.
    pub(crate) fn path(&self) -> Option<PathBuf> {
        match self {
            Self::Path(path) => Some(path.clone()),
            Self::Bytes(_) | Self::Object(_) => None,
        }
    }

    /// Opens it to be read from front to back.
    pub(crate) fn open(self, role: Role) -> Result<Stream, Failure> {
        Ok(match self {
            Self::Bytes(bytes) => Stream::Bytes { bytes, at: 0 },
            Self::Object(object) => Stream::Object(object),
            Self::Path(path) => match File::open(&path) {
                Ok(file) => Stream::File(file),
                Err(source) => return Err(FileError::Open { role, path, source }.into()),
            },
        })
    }

    /// Opens it to be read anywhere: what can only be read from front to back is copied into a temporary file.
    pub(crate) fn open_basis(self) -> Result<Stream, Failure> {
        let path = self.path();
        let stream = self.open(Role::Basis)?;
        let is_seekable = match &stream {
            Stream::Bytes { .. } => true,
            Stream::File(file) => (&*file).stream_position().is_ok(),
            Stream::Object(object) => object.is_seekable()?,
        };
        if is_seekable {
            return Ok(stream);
        }
        spill(stream, None).map(Stream::File).map_err(|error| Failure::Work { error, path })
    }
}

/// An input that is open.
pub(crate) enum Stream {
    Bytes { bytes: PyBackedBytes, at: usize },
    File(File),
    Object(Object),
}

impl Stream {
    /// How many bytes it has before its end, as far as that is known.
    pub(crate) fn len(&self) -> PyResult<Option<u64>> {
        Ok(match self {
            Self::Bytes { bytes, .. } => Some(bytes.len() as u64),
            Self::File(file) => {
                let metadata = file.metadata()?;
                metadata.is_file().then_some(metadata.len())
            }
            Self::Object(object) => object.remaining()?,
        })
    }

    /// The same, read so that Ctrl-C ends it.
    pub(crate) fn interruptible(self) -> Interruptible<Self> {
        Interruptible { reader: self, asked: Instant::now() }
    }

    /// The file behind it.
    pub(crate) const fn file(&self) -> Option<&File> {
        match self {
            Self::File(file) => Some(file),
            Self::Bytes { .. } | Self::Object(_) => None,
        }
    }
}

impl Stream {
    /// Shows the garbage collector what it holds.
    pub(crate) fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        match self {
            Self::Object(object) => visit.call(&object.0),
            Self::Bytes { .. } | Self::File(_) => Ok(()),
        }
    }
}

impl Read for Stream {
    fn read(&mut self, place: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Bytes { bytes, at } => {
                let len = (&bytes[*at..]).read(place)?;
                *at += len;
                Ok(len)
            }
            Self::File(file) => file.read(place),
            Self::Object(object) => object.read(place),
        }
    }
}

/// A reader that Ctrl-C ends, for work that nobody else watches.
pub(crate) struct Interruptible<R> {
    pub(crate) reader: R,
    /// When Python was asked last.
    pub(crate) asked: Instant,
}

impl<R: Read> Read for Interruptible<R> {
    fn read(&mut self, place: &mut [u8]) -> io::Result<usize> {
        if self.asked.elapsed() >= PAUSE {
            Python::attach(|py| py.check_signals()).map_err(io::Error::other)?;
            self.asked = Instant::now();
        }
        self.reader.read(place)
    }
}

impl Basis for Stream {
    fn read_at(&mut self, offset: u64, place: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Bytes { bytes, .. } => (&**bytes).read_at(offset, place),
            Self::File(file) => Basis::read_at(file, offset, place),
            Self::Object(object) => object.read_at(offset, place),
        }
    }

    fn as_file(&self) -> Option<&File> {
        self.file()
    }
}
