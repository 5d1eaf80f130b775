//! Where bytes come from: bytes, a path, or a file object.

use crate::{
    blame::{At, Files},
    errors::{Failure, refused_memory},
    guard::{Guard, Guarded},
    object::Object,
};
use pyo3::{
    Borrowed, PyTraverseError, PyVisit,
    exceptions::PyTypeError,
    prelude::*,
    pybacked::PyBackedBytes,
    types::{PyBytes, PyMemoryView, PyString},
};
use rollsync::{Basis, FileSource, spill};
use std::{
    fmt::Display,
    fs::File,
    io::{self, Read, Seek},
    path::PathBuf,
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
        let Some(Data(bytes)) = Data::of(&object)? else {
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
        let class = object.get_type();
        Self::of(&object)?.ok_or_else(|| match class.name() {
            Ok(class) => PyTypeError::new_err(format!("a bytes-like object is required, not {class}")),
            Err(raised) => raised,
        })
    }
}

impl Data {
    /// `None` for what has no buffer protocol.
    fn of(object: &Bound<'_, PyAny>) -> PyResult<Option<Self>> {
        if let Ok(bytes) = object.cast::<PyBytes>() {
            return Ok(Some(Self(bytes.clone().into())));
        }
        let Ok(view) = PyMemoryView::from(object) else { return Ok(None) };
        let copied = view.call_method0("tobytes");
        let copied = copied.map_err(|raised| refused_memory(object.py(), raised, "the input"))?;
        Ok(Some(Self(copied.cast_into::<PyBytes>()?.into())))
    }
}

impl Source {
    /// The file that it is in a call, if it has a path.
    pub(crate) fn at(&self, role: impl Display) -> Option<At> {
        match self {
            Self::Path(path) => Some(At::new(role, path)),
            Self::Bytes(_) | Self::Object(_) => None,
        }
    }

    /// Opens it to be read from front to back.
    pub(crate) fn open(self, role: impl Display) -> Result<Stream, Failure> {
        Ok(match self {
            Self::Bytes(bytes) => Stream::Bytes { bytes, at: 0 },
            Self::Object(object) => Stream::Object(object),
            Self::Path(path) => match File::open(&path) {
                Ok(file) => Stream::File(file),
                Err(source) => return Err(Failure::Open { at: At::new(role, &path), source }),
            },
        })
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

    /// The same, read until a guard ends it.
    pub(crate) const fn guarded(self, guard: Guard) -> Guarded<Self> {
        Guarded { reader: self, guard }
    }

    /// The same to be read anywhere: what can only be read from front to back is copied into a temporary file.
    pub(crate) fn into_basis(self, at: Option<At>, guard: Guard) -> Result<Self, Failure> {
        let is_seekable = match &self {
            Self::Bytes { .. } => true,
            Self::File(file) => (&*file).stream_position().is_ok(),
            Self::Object(object) => object.is_seekable()?,
        };
        if is_seekable {
            return Ok(self);
        }
        // The temporary, if that is at fault, has no name.
        let files = Files { input: at, ..Files::default() };
        spill(self.guarded(guard), None).map(Self::File).map_err(|error| files.blame(error))
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

impl FileSource for Stream {
    fn as_file(&self) -> Option<&File> {
        self.file()
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
