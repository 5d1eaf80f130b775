//! The sums of single blocks, for who builds on them or wants to see them.

use crate::{errors::param, number::Number, source::Data};
use pyo3::{exceptions::PyIndexError, prelude::*, types::PyBytes};
use rollsync::{Isa, StrongKind, WeakKind};
use rollsync_kernels::{
    strong,
    weak::{self, RollingSum as Window},
};

/// The weak sum of a block as a number of 32 bits.
#[pyfunction]
#[pyo3(signature = (block, kind="rabinkarp"))]
pub(crate) fn weak_sum(py: Python<'_>, block: Data, kind: &str) -> PyResult<u32> {
    let kind = weak_kind(py, kind)?;
    Ok(py.detach(|| weak::sum(Isa::detect(), kind, &block.0)))
}

/// The strong sum of a block: 32 bytes of BLAKE2b, or 16 of MD4.
#[pyfunction]
#[pyo3(signature = (block, kind="blake2"))]
pub(crate) fn strong_sum<'py>(py: Python<'py>, block: Data, kind: &str) -> PyResult<Bound<'py, PyBytes>> {
    let kind = match kind {
        "blake2" => StrongKind::Blake2,
        "md4" => StrongKind::Md4,
        _ => return Err(param(py, &format!("strong sum '{kind}' is neither 'blake2' nor 'md4'"))),
    };
    let sum = py.detach(|| strong::sum(Isa::detect(), kind, &block.0));
    Ok(PyBytes::new(py, &sum[..kind.digest_len()]))
}

fn weak_kind(py: Python<'_>, name: &str) -> PyResult<WeakKind> {
    match name {
        "rabinkarp" => Ok(WeakKind::RabinKarp),
        "rollsum" => Ok(WeakKind::Rollsum),
        _ => Err(param(py, &format!("weak sum '{name}' is neither 'rabinkarp' nor 'rollsum'"))),
    }
}

/// The weak sum of a window of bytes, which rolls: a byte in at its end, a byte out at its front, or both at once.
#[pyclass(module = "rollsync.sums")]
pub(crate) struct RollingSum {
    window: Window,
}

#[pymethods]
impl RollingSum {
    #[new]
    #[pyo3(signature = (data=None, kind="rabinkarp"))]
    fn new(py: Python<'_>, data: Option<Data>, kind: &str) -> PyResult<Self> {
        let mut sum = Self { window: Window::new(weak_kind(py, kind)?) };
        if let Some(data) = data {
            sum.update(data);
        }
        Ok(sum)
    }

    /// Appends bytes at the end.
    fn update(&mut self, data: Data) {
        self.window.update(Isa::detect(), &data.0);
    }

    /// Appends one byte at the end.
    fn roll_in(&mut self, byte: Number<u8>) {
        self.window.roll_in(byte.0);
    }

    /// Drops `byte`, which is the oldest.
    fn roll_out(&mut self, byte: Number<u8>) -> PyResult<()> {
        self.shrinkable()?;
        self.window.roll_out(byte.0);
        Ok(())
    }

    /// Drops `out`, which is the oldest byte, and appends `byte`.
    fn rotate(&mut self, out: Number<u8>, byte: Number<u8>) -> PyResult<()> {
        self.shrinkable()?;
        self.window.rotate(out.0, byte.0);
        Ok(())
    }

    /// The sum as it stands in a signature.
    #[getter]
    const fn digest(&self) -> u32 {
        self.window.digest()
    }

    /// Bytes in the window.
    const fn __len__(&self) -> usize {
        self.window.len()
    }

    fn __repr__(&self) -> String {
        format!("<rollsync.sums.RollingSum of {} bytes: {:#010x}>", self.window.len(), self.window.digest())
    }
}

impl RollingSum {
    fn shrinkable(&self) -> PyResult<()> {
        if self.window.len() == 0 { Err(PyIndexError::new_err("the window is empty")) } else { Ok(()) }
    }
}
