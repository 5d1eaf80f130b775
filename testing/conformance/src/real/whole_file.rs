//! The whole-file functions, over streams of C's standard library.

use std::ffi::c_int;
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use super::{LoadedSignature, RealLibrsync, abi, log, stream::Stream, strong_len_argument};
use crate::{Buffers, Counts, Outcome, SignatureArguments};

/// The whole-file functions of a librsync, with `rs_inbuflen` and `rs_outbuflen` set to given lengths.
#[derive(Clone, Copy, Debug)]
pub struct WholeFile<'a> {
    library: &'a RealLibrsync,
    buffers: Buffers,
}

impl RealLibrsync {
    /// The whole-file functions with these buffers; of length 0, librsync chooses them.
    #[must_use]
    pub const fn whole_file(&self, buffers: Buffers) -> WholeFile<'_> {
        WholeFile { library: self, buffers }
    }
}

impl<'a> WholeFile<'a> {
    /// `rs_sig_args` with the basis' length, then `rs_sig_file`: what `rdiff signature` does. `known_len`: the basis
    /// is a regular file.
    #[must_use]
    pub fn signature(self, basis: &[u8], known_len: bool, arguments: &SignatureArguments) -> Outcome {
        let basis = if known_len { Stream::regular(basis) } else { Stream::of_unknown_len(basis) };
        let functions = &self.library.functions;
        // SAFETY: the stream is open.
        let len = unsafe { (functions.file_size)(basis.as_ptr()) };
        let (code, magic, block_len, strong_len) = self.library.sig_args_of_magic(
            len,
            arguments.format.magic(),
            arguments.block_len,
            strong_len_argument(arguments),
        );
        if code != 0 {
            return Outcome { code, log: log::take(), ..Outcome::default() };
        }
        let signature = Stream::regular(&[]);
        let (code, counts) = self.run(|stats| {
            // SAFETY: both streams are open, the lengths are what `rs_sig_args` allows.
            unsafe {
                (functions.sig_file)(
                    basis.as_ptr(),
                    signature.as_ptr(),
                    block_len,
                    strong_len,
                    magic.cast_signed(),
                    stats,
                )
            }
        });
        Outcome { code, output: signature.written(), counts, log: log::take() }
    }

    /// `rs_loadsig_file` and the index; the signature when that succeeds.
    #[must_use]
    pub fn load(self, signature: &[u8]) -> (Outcome, Option<LoadedSignature<'a>>) {
        let (input, mut loaded) = (Stream::regular(signature), ptr::null_mut());
        let (code, counts) = self.run(|stats| {
            // SAFETY: the stream is open; a signature is stored in any case.
            unsafe { (self.library.functions.loadsig_file)(input.as_ptr(), &mut loaded, stats) }
        });
        let loaded = LoadedSignature::new(self.library, loaded);
        let outcome = Outcome { code, output: Vec::new(), counts, log: log::take() };
        (outcome, (code == 0).then(|| loaded.indexed()))
    }

    /// `rs_delta_file`.
    #[must_use]
    pub fn delta(self, signature: &LoadedSignature<'_>, new: &[u8]) -> Outcome {
        let (new, delta) = (Stream::regular(new), Stream::regular(&[]));
        let (code, counts) = self.run(|stats| {
            // SAFETY: the signature is indexed, both streams are open.
            unsafe {
                (self.library.functions.delta_file)(signature.as_ptr(), new.as_ptr(), delta.as_ptr(), stats)
            }
        });
        Outcome { code, output: delta.written(), counts, log: log::take() }
    }

    /// `rs_patch_file`.
    #[must_use]
    pub fn patch(self, basis: &[u8], delta: &[u8]) -> Outcome {
        let [basis, delta, new] = [basis, delta, &[]].map(Stream::regular);
        let (code, counts) = self.run(|stats| {
            // SAFETY: the three streams are open.
            unsafe {
                (self.library.functions.patch_file)(basis.as_ptr(), delta.as_ptr(), new.as_ptr(), stats)
            }
        });
        Outcome { code, output: new.written(), counts, log: log::take() }
    }

    /// Calls one of them while no other call sees or changes the lengths of its buffers.
    fn run(self, call: impl FnOnce(*mut abi::Stats) -> c_int) -> (c_int, Counts) {
        let lens = [self.buffers.input, self.buffers.output]
            .map(|len| i32::try_from(len).expect("a buffer's length is an int"));
        let mut stats = MaybeUninit::<abi::Stats>::zeroed();
        let code = if lens == [0, 0] {
            let _unchanged = self.library.buffer_lens.read().unwrap_or_else(PoisonError::into_inner);
            call(stats.as_mut_ptr())
        } else {
            let variables = self.library.buffer_lens.write().unwrap_or_else(PoisonError::into_inner);
            let set = |lens: [i32; 2]| {
                variables.iter().zip(lens).for_each(|(variable, len)| variable.store(len, Ordering::Relaxed));
            };
            set(lens);
            let code = call(stats.as_mut_ptr());
            set([0, 0]);
            code
        };
        // SAFETY: of zeros, or filled by librsync.
        (code, Counts::from(unsafe { stats.assume_init_ref() }))
    }
}
