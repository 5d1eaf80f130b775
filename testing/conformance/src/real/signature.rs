use super::{RealLibrsync, abi, log};
use crate::Searches;

/// A signature in librsync's memory.
#[derive(Debug)]
pub struct LoadedSignature<'a> {
    library: &'a RealLibrsync,
    raw: *mut abi::Signature,
    indexed: bool,
}

impl<'a> LoadedSignature<'a> {
    /// Takes ownership of what a loadsig job has stored.
    pub(super) fn new(library: &'a RealLibrsync, raw: *mut abi::Signature) -> Self {
        assert!(!raw.is_null(), "a loadsig job stores the signature at once");
        Self { library, raw, indexed: false }
    }

    /// The same with its index; before that, a delta would abort.
    pub(super) fn indexed(mut self) -> Self {
        // SAFETY: the signature is live and wholly loaded; this is the only call.
        let code = unsafe { (self.library.functions.build_hash_table)(self.raw) };
        assert_eq!(code, 0, "rs_build_hash_table fails for want of memory only");
        self.indexed = true;
        self
    }

    pub(super) fn as_ptr(&self) -> *mut abi::Signature {
        assert!(self.indexed, "deltas need the index");
        self.raw
    }

    /// What all deltas since it was loaded have searched; `None` when librsync says nothing of it.
    #[must_use]
    pub fn searches(&self) -> Option<Searches> {
        let before = log::take();
        // SAFETY: the signature is live and indexed.
        unsafe { (self.library.functions.signature_log_stats)(self.as_ptr()) };
        debug_assert_eq!(before, [] as [String; 0], "every outcome takes its own log");
        log::take().iter().find_map(|line| Searches::parse(line))
    }
}

impl Drop for LoadedSignature<'_> {
    fn drop(&mut self) {
        // SAFETY: it is freed here alone; jobs that used it are gone.
        unsafe { (self.library.functions.free_sumset)(self.raw) };
    }
}
