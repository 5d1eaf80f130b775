//! A signature that is ready to be searched.

use crate::{digest::Digest, settings::name_of_format, source::Source};
use pyo3::{
    Borrowed,
    exceptions::{PyIndexError, PyOverflowError},
    prelude::*,
    types::PyBytes,
};
use rollsync::SignatureIndex;
use std::sync::Arc;

/// The sums of a basis' blocks, ready to be searched. Made by `load`; any number of threads may use it.
#[pyclass(frozen, module = "rollsync")]
pub(crate) struct Signature {
    pub(crate) index: Arc<SignatureIndex>,
}

#[pymethods]
impl Signature {
    /// Which sums it holds, as `signature` takes it.
    #[getter]
    fn format(&self) -> &'static str {
        name_of_format(self.index.signature().params().format())
    }

    /// Bytes a block.
    #[getter]
    fn block_len(&self) -> u32 {
        self.index.signature().params().block_len().get()
    }

    /// Bytes of the strong sum that a record keeps.
    #[getter]
    fn strong_len(&self) -> u8 {
        self.index.signature().params().strong_len().get()
    }

    /// The basis, if the signature was sealed; the seal held.
    #[getter]
    fn basis(&self) -> Option<Digest> {
        self.index.signature().basis().map(Digest::from)
    }

    /// Blocks of the basis.
    fn __len__(&self) -> usize {
        self.index.signature().block_count()
    }

    /// Weak and strong sum of a block.
    fn __getitem__<'py>(&self, block: &Bound<'py, PyAny>) -> PyResult<(u32, Bound<'py, PyBytes>)> {
        let py = block.py();
        let block = match block.extract::<isize>() {
            Err(raised) if raised.is_instance_of::<PyOverflowError>(py) => isize::MAX,
            block => block?,
        };
        let signature = self.index.signature();
        let len = signature.block_count();
        let from_end = block.checked_add_unsigned(len).filter(|_| block < 0);
        match usize::try_from(from_end.unwrap_or(block)) {
            Ok(block) if block < len => {
                Ok((signature.weak_sum(block), PyBytes::new(py, signature.strong_sum(block))))
            }
            _ => Err(PyIndexError::new_err("the signature has not so many blocks")),
        }
    }

    fn __repr__(&self) -> String {
        format!(
            "<rollsync.Signature {}: {} blocks of {} bytes>",
            self.format(),
            self.__len__(),
            self.block_len()
        )
    }
}

/// A signature as it is given to a call.
pub(crate) enum Sums {
    Loaded(Arc<SignatureIndex>),
    Source(Source),
}

impl<'py> FromPyObject<'_, 'py> for Sums {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(signature) = object.cast::<Signature>() {
            return Ok(Self::Loaded(Arc::clone(&signature.get().index)));
        }
        object.extract().map(Self::Source)
    }
}

impl Sums {
    /// Where they are read from, unless they are loaded.
    pub(crate) const fn source(&self) -> Option<&Source> {
        match self {
            Self::Loaded(_) => None,
            Self::Source(source) => Some(source),
        }
    }
}
