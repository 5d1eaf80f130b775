//! Numbers as arguments.

use crate::errors::param;
use pyo3::{Borrowed, exceptions::PyOverflowError, prelude::*};

/// A number; one that its type does not hold is a parameter out of range.
pub(crate) struct Number<T>(pub(crate) T);

impl<'a, 'py, T: FromPyObject<'a, 'py>> FromPyObject<'a, 'py> for Number<T> {
    type Error = PyErr;

    fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        let py = value.py();
        T::extract(value).map(Self).map_err(|error| {
            let raised: PyErr = error.into();
            if raised.is_instance_of::<PyOverflowError>(py) {
                param(py, "a number is out of range")
            } else {
                raised
            }
        })
    }
}
