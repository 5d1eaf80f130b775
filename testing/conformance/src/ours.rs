use rollsync::{
    Basis, DeltaJob, DeltaOptions, Drive, EmptyBasis, Error, ErrorKind, Job, Limits, LoadJob, NoBasis,
    PatchJob, Profile, SignatureIndex, SignatureJob,
};

use crate::{Buffers, Outcome, Searches, SignatureArguments};

/// The engine in one profile.
#[derive(Clone, Copy, Debug)]
pub struct Ours(pub Profile);

impl Ours {
    /// The signature of `basis`; `known_len` says whether its length was known from the start.
    #[must_use]
    pub fn signature(
        self,
        basis: &[u8],
        known_len: bool,
        arguments: &SignatureArguments,
        buffers: Buffers,
    ) -> Outcome {
        let basis_len = known_len.then_some(basis.len() as u64);
        match arguments.options().and_then(|options| options.resolve(basis_len)) {
            Ok(params) => drive(SignatureJob::new(params), basis, &mut NoBasis, buffers).0,
            Err(error) => failed(&error.into()),
        }
    }

    /// Loads a signature; the index when that succeeds.
    #[must_use]
    pub fn load(self, signature: &[u8], buffers: Buffers) -> (Outcome, Option<SignatureIndex>) {
        let (mut outcome, job) = drive(LoadJob::new(), signature, &mut NoBasis, buffers);
        let index = job.into_signature().map(|loaded| SignatureIndex::build(loaded, &Limits::default()));
        match index.transpose() {
            Ok(index) => (outcome, index),
            Err(error) => {
                outcome.code = result_code(&Error::Engine(error.into()));
                (outcome, None)
            }
        }
    }

    /// The delta of `new`, and what the search did.
    #[must_use]
    pub fn delta(
        self,
        index: &SignatureIndex,
        new: &[u8],
        empty_basis: Option<EmptyBasis>,
        buffers: Buffers,
    ) -> (Outcome, Searches) {
        let job = DeltaJob::new(index, DeltaOptions { profile: self.0, empty_basis });
        let (outcome, job) = drive(job, new, &mut NoBasis, buffers);
        (outcome, job.stats().search.into())
    }

    /// The new file.
    #[must_use]
    pub fn patch(self, basis: &[u8], delta: &[u8], buffers: Buffers) -> Outcome {
        self.patch_from(&mut { basis }, delta, buffers)
    }

    /// The new file, from any basis.
    #[must_use]
    pub fn patch_from(self, basis: &mut dyn Basis, delta: &[u8], buffers: Buffers) -> Outcome {
        drive(PatchJob::new(), delta, basis, buffers).0
    }
}

fn drive<J: Job>(job: J, input: &[u8], basis: &mut dyn Basis, buffers: Buffers) -> (Outcome, J) {
    let default = rollsync::Buffers::default();
    let given = |len: usize, or: usize| if len == 0 { or } else { len };
    let lens = rollsync::Buffers {
        input: given(buffers.input, default.input),
        output: given(buffers.output, default.output),
    };
    let (mut drive, mut output) = (Drive::with_buffers(job, lens), Vec::new());
    let code = match drive.run_with_basis(input, basis, &mut output) {
        Ok(()) => 0,
        Err(error) => result_code(&error),
    };
    (Outcome { code, output, counts: drive.stats().into(), log: Vec::new() }, drive.into_job())
}

fn failed(error: &Error) -> Outcome {
    Outcome { code: result_code(error), ..Outcome::default() }
}

/// What librsync calls an error of this kind.
///
/// # Panics
/// On a kind that librsync has no code for.
#[must_use]
pub fn result_code(error: &Error) -> i32 {
    match error.kind() {
        ErrorKind::Io => 100,
        ErrorKind::Memory => 102,
        ErrorKind::InputEnded => 103,
        ErrorKind::BadMagic => 104,
        ErrorKind::Corrupt => 106,
        ErrorKind::Internal => 107,
        ErrorKind::Param => 108,
        kind => panic!("librsync knows no {kind:?}: {error}"),
    }
}
