//! `rs_inbuflen` and `rs_outbuflen`.

use crate::{
    cause::{Cause, Failure},
    exports::buffer_lens,
    result_code::RsResult,
};
use rollsync::{Buffers, EmptyBasis, Profile};
use std::num::NonZeroUsize;

/// What is read and written at once stays within these bounds, whatever is asked for: below, system calls take all the
/// time, and above, memory is spent for nothing. It never changes what comes out.
const BOUNDS: (usize, usize) = (4 << 10, 4 << 20);

/// The sizes that the application has asked for; `None` is the default.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BufferSizes {
    input: Option<NonZeroUsize>,
    output: Option<NonZeroUsize>,
}

impl BufferSizes {
    /// The sizes as they are now, none of which may be negative.
    pub(crate) fn of_application() -> Result<Self, Failure> {
        let [input, output] = buffer_lens();
        let size = |side, asked: i32| match usize::try_from(asked) {
            Ok(size) => Ok(NonZeroUsize::new(size)),
            Err(_) => {
                let cause = Cause::new("rs_alloc", format!("invalid {side} buffer size {asked}"));
                Err(Failure { code: RsResult::PARAM_ERROR, cause: Some(cause) })
            }
        };
        Ok(Self { input: size("input", input)?, output: size("output", output)? })
    }

    /// Buffers to drive a job with, of these lengths unless others were asked for.
    pub(crate) fn buffers_or(self, default: Buffers) -> Buffers {
        let (least, most) = BOUNDS;
        let size = |asked: Option<NonZeroUsize>, default| {
            asked.map_or(default, |asked| asked.get().clamp(least, most))
        };
        Buffers { input: size(self.input, default.input), output: size(self.output, default.output) }
    }

    /// How a librsync whose buffers have these sizes cuts the literals of a delta against nothing, `default` being how
    /// it does with its own. rollsync's profile knows no buffers.
    pub(crate) fn empty_basis(self, default: EmptyBasis, profile: Profile) -> EmptyBasis {
        match default {
            _ if profile == Profile::Compact => default,
            EmptyBasis::Cut(input) => EmptyBasis::Cut(self.input.unwrap_or(input)),
            EmptyBasis::Buffers { input, output } => EmptyBasis::Buffers {
                input: self.input.unwrap_or(input),
                output: self.output.unwrap_or(output),
            },
            EmptyBasis::AsOffered => default,
        }
    }
}
