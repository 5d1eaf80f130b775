//! `rs_signature_t`.

use crate::{
    boundary::guarded,
    cause::{Failure, report},
    result_code::RsResult,
};
use rollsync::{
    Input, Job, Limits, LoadJob, SearchStats, Signature, SignatureIndex, SignatureParams, Status,
    librsync::Cause,
};
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A signature, from its first byte on. C holds one reference to it, and each job that uses it another: they may be freed
/// in any order.
#[derive(Debug)]
pub(crate) struct RsSignature {
    state: Mutex<State>,
    /// What all deltas have searched since the index was built.
    searched: Mutex<SearchStats>,
}

/// How far it is.
#[derive(Debug)]
pub(crate) enum State {
    Loading(Box<LoadJob>, Limits),
    Loaded(Signature, Limits),
    Indexed(Arc<SignatureIndex>),
    /// Loading was stopped, or what was loaded is refused: though it may look whole, no delta may be made of it.
    Failed(RsResult),
}

impl RsSignature {
    /// A signature of which nothing is loaded.
    pub(crate) fn new() -> Arc<Self> {
        let state = Mutex::new(State::Loading(Box::default(), Limits::NONE));
        Arc::new(Self { state, searched: Mutex::new(SearchStats::default()) })
    }

    /// The reference that C holds.
    pub(crate) fn into_raw(signature: Arc<Self>) -> *mut Self {
        Arc::into_raw(signature).cast_mut()
    }

    /// One more reference to a signature that C holds; `None` for NULL.
    ///
    /// # Safety
    /// `raw` is NULL, or came from [`into_raw`](Self::into_raw) and is not freed.
    pub(crate) unsafe fn of_raw(raw: *const Self) -> Option<Arc<Self>> {
        if raw.is_null() {
            return None;
        }
        // SAFETY: the caller's promise: C's reference is counted, and this is a second one.
        unsafe {
            Arc::increment_strong_count(raw);
            Some(Arc::from_raw(raw))
        }
    }

    /// Nobody calls out of the library while this is held.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What deltas have searched in it.
    pub(crate) fn searched(&self) -> SearchStats {
        *self.searches()
    }

    /// Counts what a delta has searched: all of `now` that is not in `before`.
    pub(crate) fn count(&self, now: &SearchStats, before: &SearchStats) {
        let mut all = self.searches();
        all.searches += now.searches - before.searches;
        all.matches += now.matches - before.matches;
        all.weak_compares += now.weak_compares - before.weak_compares;
        all.strong_compares += now.strong_compares - before.strong_compares;
        all.strong_sums += now.strong_sums - before.strong_sums;
    }

    fn searches(&self) -> MutexGuard<'_, SearchStats> {
        self.searched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a delta searches in. Without records there is nothing to index.
    pub(crate) fn index(&self) -> Result<Arc<SignatureIndex>, Failure> {
        let mut state = self.state();
        state.end_loading()?;
        match &mut *state {
            State::Indexed(index) => Ok(Arc::clone(index)),
            State::Loaded(signature, _) if signature.is_empty() => empty_index(*signature.params()),
            _ => {
                let message = "a signature with blocks needs rs_build_hash_table first".to_owned();
                Err(Failure {
                    code: RsResult::PARAM_ERROR,
                    cause: Some(Cause::new("rs_delta_begin", message)),
                })
            }
        }
    }

    /// Indexes it. Without memory for that, it stays as it was.
    fn build(&self) -> Result<(), Failure> {
        let mut state = self.state();
        state.end_loading()?;
        if let State::Loaded(signature, limits) = &mut *state {
            let taken = mem::replace(signature, Signature::empty(*signature.params()));
            match SignatureIndex::try_build(taken, limits) {
                Ok(index) => *state = State::Indexed(Arc::new(index)),
                Err((taken, error)) => {
                    *signature = taken;
                    return Err(rollsync::EngineError::from(error).into());
                }
            }
        }
        Ok(())
    }
}

impl State {
    /// A caller who goes on without having told the end of the input means that this was it.
    fn end_loading(&mut self) -> Result<(), Failure> {
        if let Self::Failed(code) = self {
            return Err((*code).into());
        }
        if let Self::Loading(job, _) = self {
            let progress = job.step(Input::last(&[]), &mut []).map_err(rollsync::EngineError::from)?;
            if progress.status != Status::Done {
                return Err(RsResult::INTERNAL_ERROR.into());
            }
            self.finish_loading();
        }
        Ok(())
    }

    /// Takes the signature from a job that is done.
    pub(crate) fn finish_loading(&mut self) {
        if let Self::Loading(job, limits) = self {
            let limits = *limits;
            if let Some(signature) = mem::take(&mut **job).into_signature() {
                *self = Self::Loaded(signature, limits);
            }
        }
    }
}

/// The index of an empty basis: what is searched in it is not found.
pub(crate) fn empty_index(params: SignatureParams) -> Result<Arc<SignatureIndex>, Failure> {
    let built = SignatureIndex::build(Signature::empty(params), &Limits::NONE);
    built.map(Arc::new).map_err(|error| rollsync::EngineError::from(error).into())
}

/// # Safety
/// `signature` is NULL, or was stored by `rs_loadsig_begin` or `rs_loadsig_file` and is not freed.
#[unsafe(no_mangle)]
unsafe extern "C" fn rs_build_hash_table(signature: *mut RsSignature) -> RsResult {
    guarded(RsResult::INTERNAL_ERROR, || {
        // SAFETY: the caller's promise.
        let Some(signature) = (unsafe { RsSignature::of_raw(signature) }) else {
            return RsResult::PARAM_ERROR;
        };
        match signature.build() {
            Ok(()) => RsResult::DONE,
            Err(failure) => {
                failure.cause.iter().for_each(report);
                failure.code
            }
        }
    })
}

/// # Safety
/// `signature` is NULL, or was stored by `rs_loadsig_begin` or `rs_loadsig_file` and is not freed; it is not used
/// afterwards.
#[unsafe(no_mangle)]
unsafe extern "C" fn rs_free_sumset(signature: *mut RsSignature) {
    guarded((), || {
        if !signature.is_null() {
            // SAFETY: this is the reference that C holds, and it holds it no longer.
            drop(unsafe { Arc::from_raw(signature.cast_const()) });
        }
    });
}
