//! `rdiff patch`.

use std::time::Instant;

use rollsync::format::CommandError;
use rollsync::seal::FileHasher;
use rollsync::{Buffers, DELTA_MAGIC, DeltaPart, Drive, EngineError, Error, PatchError, PatchJob, Side};

use super::args::PatchRequest;
use super::buffer_sizes::BufferSizes;
use super::failure::Failure;
use super::input::Input;
use super::job_failure::{Cause, job_failure};
use super::messages;
use super::op::Op;
use super::output::Output;
use super::patch_basis::PatchBasis;
use super::sealed::{Hashed, SealedFor, seal_cause};
use super::statistics::JobStatistics;

/// librsync's own: of what stands behind a delta's end, the statistics count as much as it reads.
const BUFFERS: Buffers = Buffers { input: 65_536, output: 262_144 };

/// Writes the new file that basis and delta give.
pub(crate) fn run(request: &PatchRequest) -> Result<(), Failure> {
    let basis = Input::open(&request.basis)?;
    let mut delta = Input::open(&request.delta)?;
    let mut output = Output::open(&request.new, request.settings.force, &[&basis, &delta])?;
    request.check()?;
    let sizes = BufferSizes::new(&request.settings)?;

    let sealed = SealedFor::look(&basis, &delta)
        .map_err(|error| job_failure(Op::Patch, &error, seal_cause(&error)))?;
    let begun = Instant::now();
    let mut basis = PatchBasis::new(basis);
    let mut drive = Drive::with_buffers(PatchJob::new(), sizes.buffers_or(BUFFERS));
    let ended = match &sealed {
        Some(sealed) => {
            let mut hashed = Hashed { output: &mut output, hasher: FileHasher::new() };
            let ended = drive.run_with_basis(&mut delta, &mut basis, &mut hashed);
            ended.and_then(|()| sealed.hold(hashed.hasher.finish(), &mut basis, &delta))
        }
        None => drive.run_onto(&mut delta, &mut basis, &mut output),
    };
    let ended = ended.map_err(|error| job_failure(Op::Patch, &error, cause(&error, &basis)));
    if request.settings.statistics {
        JobStatistics::new(Op::Patch, &drive.stats(), begun).report();
    }
    ended?;
    output.finish()
}

/// What librsync's log says is wrong with a delta or its basis.
fn cause(error: &Error, basis: &PatchBasis) -> Option<Cause> {
    let (function, message) = match error {
        Error::Io { side: Side::Basis, source, .. } => {
            ("rs_file_copy_cb", format!("{}: {}", basis.step(), messages::strerror(source)))
        }
        Error::Engine(EngineError::Patch(error)) => match error {
            PatchError::InputEnded { part: DeltaPart::Literal, .. } => {
                ("rs_tube_catchup", "reached end of file while copying data".to_owned())
            }
            PatchError::BadMagic { found } => (
                "rs_patch_s_header",
                // C's `%#x` writes no prefix before a 0.
                match found {
                    0 => format!("got magic number 0 rather than expected value {DELTA_MAGIC:#x}"),
                    _ => format!("got magic number {found:#x} rather than expected value {DELTA_MAGIC:#x}"),
                },
            ),
            PatchError::Command { error, .. } => match error {
                CommandError::Reserved { opcode } => {
                    ("rs_patch_s_run", format!("bogus command {opcode:#04x}"))
                }
                CommandError::LiteralLen { len } => {
                    ("rs_patch_s_literal", format!("invalid length={len} on LITERAL command"))
                }
                CommandError::CopyLen { len } => {
                    ("rs_patch_s_copy", format!("invalid length={len} on COPY command"))
                }
                CommandError::CopyOffset { offset } => {
                    ("rs_patch_s_copy", format!("invalid position={offset} on COPY command"))
                }
                _ => return None,
            },
            PatchError::BasisEnded { .. } => {
                ("rs_file_copy_cb", format!("unexpected eof on fd{}", basis.descriptor()))
            }
            _ => return None,
        },
        error => return seal_cause(error),
    };
    Some(Cause { function, message })
}
