//! Patches that are held to their delta's seal.

use super::Drive;
use crate::{Error, HoldStep, SealCheck, SealHold};
use rollsync_core::{EndCheck, Job, PatchJob, seal::Seal};

/// A patch's hold, in a drive of any job.
#[derive(Debug)]
pub(super) struct Holding<J> {
    hold: SealHold,
    /// How many bytes at the front of the output buffer it has seen.
    seen: usize,
    forgo_basis: fn(&mut SealHold, &mut J) -> bool,
    seal: fn(&J) -> Option<Seal>,
}

impl Drive<PatchJob> {
    /// The same with a look at the delta's [seal](crate::seal): however it is driven, the drive is done only when that holds. To be
    /// said before the first step.
    ///
    /// Where a seal is looked for, a basis that ends too early is no error before the end of the delta is known, and a patch that
    /// has failed reads the basis once more, to its end: then the error is of the file that is at fault. What was written by
    /// then is part of no file. The basis' file and the output's copy nothing by themselves.
    ///
    /// ```
    /// use rollsync::{Drive, ErrorKind, Options, PatchJob, SealCheck, delta, index_basis, signature, load};
    /// let (basis, mut sums, mut difference) = (b"the old text".repeat(100), Vec::new(), Vec::new());
    /// signature(&basis[..], None, &mut sums, &mut Options::new().seal(true))?;
    /// let index = load(&sums[..], None, &mut Options::new())?;
    /// delta(&index, &basis[..], None, &mut difference, &mut Options::new().seal(true))?;
    ///
    /// let mut drive = Drive::new(PatchJob::new()).with_seal_check(SealCheck::Required);
    /// let error = drive.run_with_basis(&difference[..], &mut &basis[..1000], std::io::sink()).unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Mismatch);
    /// assert_eq!(error.to_string(), "it has 1000 bytes, the delta was made for a basis of 1200");
    /// # Ok::<(), rollsync::Error>(())
    /// ```
    #[must_use]
    pub fn with_seal_check(mut self, check: SealCheck) -> Self {
        self.job = self.job.with_end_check(check.end_check());
        self.holding = (check.end_check() == EndCheck::Seal).then(|| {
            let hold = SealHold::new(check);
            Box::new(Holding { hold, seen: 0, forgo_basis: SealHold::forgo_basis, seal: PatchJob::seal })
        });
        self
    }
}

impl<J: Job> Drive<J> {
    /// Where the basis is to be read again, to find out which file is at fault.
    pub(super) fn suspects_basis(&self) -> Result<Option<u64>, Error> {
        let step = self.holding.as_ref().map(|holding| holding.hold.step()).transpose()?;
        Ok(match step {
            Some(HoldStep::ReadBasis { offset }) => Some(offset),
            _ => None,
        })
    }

    /// Takes output that lies behind what is in use of the buffer.
    pub(super) fn came_out(&mut self, len: usize) {
        let step = self.holding.as_ref().map(|holding| holding.hold.step());
        if let None | Some(Ok(HoldStep::Patch)) = step {
            self.output.end += len;
        }
    }

    /// Shows the hold what is to be written: the whole buffer, since short pieces are hashed slowly.
    pub(super) fn show_output(&mut self) {
        if let Some(holding) = &mut self.holding {
            let output = self.output.used();
            holding.hold.came_out(&output[holding.seen..]);
            holding.seen = output.len();
        }
    }

    /// Forgets bytes at the front of the output buffer, which are written.
    pub(super) fn forget_output(&mut self, len: usize) {
        if let Some(holding) = &mut self.holding {
            holding.seen = holding.seen.saturating_sub(len);
        }
    }

    /// Whether the job, which has failed, goes on without the basis.
    pub(super) fn forgoes_basis(&mut self) -> bool {
        let Some(holding) = &mut self.holding else { return false };
        let forgoes = (holding.forgo_basis)(&mut holding.hold, &mut self.job);
        if forgoes {
            self.output.clear();
        }
        forgoes
    }

    /// Whether what the job, which is done, has made is the new file.
    pub(super) fn holds(&mut self) -> bool {
        self.show_output();
        let Some(holding) = &mut self.holding else { return true };
        holding.hold.job_is_done((holding.seal)(&self.job));
        matches!(holding.hold.step(), Ok(HoldStep::Held))
    }

    /// Takes bytes of the basis that was to be read again; false when it was not.
    pub(super) fn suspected_was_read(&mut self, len: usize) -> bool {
        let Some(holding) = &mut self.holding else { return false };
        let suspects = matches!(holding.hold.step(), Ok(HoldStep::ReadBasis { .. }));
        if suspects {
            holding.hold.basis_was_read(&self.output.free()[..len]);
        }
        suspects
    }
}
