//! What a call or a job may take.

use crate::{errors::param, number::Number};
use pyo3::{exceptions::PyTypeError, prelude::*, types::PyString};
use rollsync::{Limits as EngineLimits, Work};
use std::time::Duration;

/// What a call or a job may take of each resource; `None` is no limit.
#[pyclass(frozen, module = "rollsync")]
#[derive(Clone, Copy, Default)]
pub(crate) struct Limits {
    pub(crate) engine: EngineLimits,
    pub(crate) time: Option<Duration>,
}

#[pymethods]
impl Limits {
    #[new]
    #[pyo3(signature = (*, output=None, records=None, memory=None, literal=None, work=None, time=None))]
    fn new(
        py: Python<'_>,
        output: Option<Number<u64>>,
        records: Option<Number<u64>>,
        memory: Option<Number<u64>>,
        literal: Option<Number<u64>>,
        work: Option<&Bound<'_, PyAny>>,
        time: Option<Number<f64>>,
    ) -> PyResult<Self> {
        let work = match work {
            None => Work::OfProfile,
            Some(name) if name.is_instance_of::<PyString>() => match name.extract::<String>()?.as_str() {
                "unlimited" => Work::Unlimited,
                _ => return Err(param(py, "work is neither a number nor 'unlimited'")),
            },
            Some(bytes) => match bytes.extract::<Number<u32>>() {
                Ok(Number(bytes)) => Work::PerByte(bytes),
                Err(raised) if raised.is_instance_of::<PyTypeError>(py) => {
                    return Err(PyTypeError::new_err("work is neither a number nor 'unlimited' nor None"));
                }
                Err(raised) => return Err(raised),
            },
        };
        let time = time.map(|Number(time)| Duration::try_from_secs_f64(time)).transpose();
        let time = time.map_err(|_| param(py, "time is no number of seconds from 0 on"))?;
        let bytes = |limit: Option<Number<u64>>| limit.map(|Number(limit)| limit);
        let (output, records) = (bytes(output), bytes(records));
        let (memory, literal) = (bytes(memory), bytes(literal));
        Ok(Self { engine: EngineLimits { output, records, memory, literal, work }, time })
    }

    /// Bytes of output.
    #[getter]
    const fn output(&self) -> Option<u64> {
        self.engine.output
    }

    /// Records of a signature.
    #[getter]
    const fn records(&self) -> Option<u64> {
        self.engine.records
    }

    /// Bytes of memory that grow with the input.
    #[getter]
    const fn memory(&self) -> Option<u64> {
        self.engine.memory
    }

    /// Bytes of one literal of a delta that is applied.
    #[getter]
    const fn literal(&self) -> Option<u64> {
        self.engine.literal
    }

    /// Bytes hashed for each byte of the new file; `None`: what the profile says.
    #[getter]
    fn work<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(match self.engine.work {
            Work::OfProfile => py.None().into_bound(py),
            Work::Unlimited => PyString::new(py, "unlimited").into_any(),
            Work::PerByte(bytes) => bytes.into_pyobject(py)?.into_any(),
        })
    }

    /// Seconds.
    #[getter]
    fn time(&self) -> Option<f64> {
        self.time.map(|time| time.as_secs_f64())
    }
}
