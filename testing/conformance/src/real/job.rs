//! Jobs driven through `rs_job_iter`, from memory to memory.

use std::ffi::{c_int, c_void};
use std::marker::PhantomData;
use std::ptr;

use super::{LoadedSignature, RealLibrsync, abi, log, strong_len_argument};
use crate::{Buffers, Outcome, SignatureArguments};

const DONE: c_int = 0;
const BLOCKED: c_int = 1;
const INPUT_ENDED: c_int = 103;

impl RealLibrsync {
    /// The signature of a basis of unknown length.
    #[must_use]
    pub fn signature(&self, basis: &[u8], arguments: &SignatureArguments, buffers: Buffers) -> Outcome {
        let magic = arguments.format.magic().cast_signed();
        let strong_len = strong_len_argument(arguments);
        // SAFETY: takes numbers only; lengths that it aborts on are no test's.
        let job = unsafe { (self.functions.sig_begin)(arguments.block_len, strong_len, magic) };
        self.run(Job::new(self, job), basis, buffers)
    }

    /// Loads a signature and indexes it; the signature when that succeeds.
    #[must_use]
    pub fn load(&self, signature: &[u8], buffers: Buffers) -> (Outcome, Option<LoadedSignature<'_>>) {
        let mut loaded = ptr::null_mut();
        // SAFETY: the pointer is stored into at once, and not afterwards.
        let job = unsafe { (self.functions.loadsig_begin)(&mut loaded) };
        let outcome = self.run(Job::new(self, job), signature, buffers);
        let loaded = LoadedSignature::new(self, loaded);
        let loaded = (outcome.code == DONE).then(|| loaded.indexed());
        (outcome, loaded)
    }

    /// The delta of `new`.
    #[must_use]
    pub fn delta(&self, signature: &LoadedSignature<'_>, new: &[u8], buffers: Buffers) -> Outcome {
        // SAFETY: the signature is indexed and outlives the job.
        let job = unsafe { (self.functions.delta_begin)(signature.as_ptr()) };
        self.run(Job::new(self, job), new, buffers)
    }

    /// The new file.
    #[must_use]
    pub fn patch(&self, basis: &[u8], delta: &[u8], buffers: Buffers) -> Outcome {
        let mut basis = Basis { bytes: basis, fails_with: None };
        self.patch_from(&mut basis, delta, buffers)
    }

    /// The same with a copy callback that returns `code`.
    #[must_use]
    pub fn patch_with_failing_basis(&self, code: i32, delta: &[u8], buffers: Buffers) -> Outcome {
        self.patch_from(&mut Basis { bytes: &[], fails_with: Some(code) }, delta, buffers)
    }

    fn patch_from(&self, basis: &mut Basis<'_>, delta: &[u8], buffers: Buffers) -> Outcome {
        // SAFETY: the callback gets the basis, which outlives the job.
        let job = unsafe { (self.functions.patch_begin)(copy, ptr::from_mut(basis).cast()) };
        self.run(Job::new(self, job), delta, buffers)
    }

    /// Offers `input` piece by piece, what was left of a piece again and first.
    fn run(&self, job: Job<'_>, input: &[u8], buffers: Buffers) -> Outcome {
        let piece = if buffers.input == 0 { input.len() } else { buffers.input };
        let mut space = vec![0; if buffers.output == 0 { 1 << 18 } else { buffers.output }];
        let (mut consumed, mut offered, mut output) = (0, piece.min(input.len()), Vec::new());
        let code = loop {
            let mut state = abi::Buffers {
                // Never written through.
                next_in: input[consumed..offered].as_ptr().cast_mut().cast(),
                avail_in: offered - consumed,
                eof_in: (offered == input.len()).into(),
                next_out: space.as_mut_ptr().cast(),
                avail_out: space.len(),
            };
            // SAFETY: the job is live; both buffers are as long as they say.
            let code = unsafe { (self.functions.job_iter)(job.raw, &mut state) };
            let (left, produced) = (state.avail_in, space.len() - state.avail_out);
            output.extend_from_slice(&space[..produced]);
            assert!(
                code != BLOCKED || produced > 0 || left < offered - consumed || offered < input.len(),
                "the job is stuck: {left} bytes left of {}",
                input.len()
            );
            consumed = offered - left;
            if code != BLOCKED {
                break code;
            }
            // With its output full, it has not seen all of this piece.
            if state.avail_out > 0 {
                offered = (offered + piece).min(input.len());
            }
        };
        // SAFETY: the job is live, and its statistics with it.
        let stats = unsafe { &*(self.functions.job_statistics)(job.raw) };
        Outcome { code, output, counts: stats.into(), log: log::take() }
    }
}

/// A live job.
struct Job<'a> {
    raw: *mut abi::Job,
    library: &'a RealLibrsync,
    /// What the job points to is borrowed by whoever made it.
    borrowed: PhantomData<&'a ()>,
}

impl<'a> Job<'a> {
    fn new(library: &'a RealLibrsync, raw: *mut abi::Job) -> Self {
        assert!(!raw.is_null(), "rs_*_begin never fails");
        Self { raw, library, borrowed: PhantomData }
    }
}

impl Drop for Job<'_> {
    fn drop(&mut self) {
        // SAFETY: it is freed here alone.
        unsafe { (self.library.functions.job_free)(self.raw) };
    }
}

struct Basis<'a> {
    bytes: &'a [u8],
    fails_with: Option<c_int>,
}

/// Does what `rs_file_copy_cb` does with a file.
///
/// # Safety
/// `basis` is a [`Basis`] that nobody else uses, `len` and `place` are those of librsync: `*len` bytes of space at
/// `*place`.
unsafe extern "C" fn copy(
    basis: *mut c_void,
    offset: i64,
    len: *mut usize,
    place: *mut *mut c_void,
) -> c_int {
    // SAFETY: the caller's promise.
    let (basis, len) = unsafe { (&*basis.cast::<Basis<'_>>(), &mut *len) };
    if let Some(code) = basis.fails_with {
        return code;
    }
    let rest = usize::try_from(offset).ok().and_then(|offset| basis.bytes.get(offset..)).unwrap_or(&[]);
    *len = rest.len().min(*len);
    if *len == 0 {
        return INPUT_ENDED;
    }
    // SAFETY: `rest` has so many bytes, there is space for them, and librsync's space is not the basis.
    unsafe { ptr::copy_nonoverlapping(rest.as_ptr(), (*place).cast(), *len) };
    DONE
}
