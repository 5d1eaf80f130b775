//! `rs_inbuflen` and `rs_outbuflen`, which are `rdiff`'s `-I` and `-O`.

use super::Cause;
use crate::Buffers;
use rollsync_core::{EmptyBasis, Profile};
use std::num::NonZeroUsize;

/// What is read and written at once stays within these bounds, whatever is asked for: below, system calls take all the
/// time, and above, memory is spent for nothing. (What is hashed side by side is read at once nevertheless.) It never
/// changes what comes out.
const BOUNDS: (usize, usize) = (4 << 10, 4 << 20);

/// The sizes that were asked for; `None` is the default.
#[derive(Clone, Copy, Debug)]
pub struct BufferSizes {
    input: Option<NonZeroUsize>,
    output: Option<NonZeroUsize>,
}

impl BufferSizes {
    /// The sizes in bytes, 0 for the default.
    ///
    /// # Errors
    /// When one is negative.
    pub fn new(input: i32, output: i32) -> Result<Self, Cause> {
        let size = |side, asked: i32| match usize::try_from(asked) {
            Ok(size) => Ok(NonZeroUsize::new(size)),
            Err(_) => Err(Cause::new("rs_alloc", format!("invalid {side} buffer size {asked}"))),
        };
        Ok(Self { input: size("input", input)?, output: size("output", output)? })
    }

    /// Buffers to drive a job with, of these lengths unless others were asked for.
    #[must_use]
    pub fn buffers_or(self, default: Buffers) -> Buffers {
        let (least, most) = BOUNDS;
        let size = |asked: Option<NonZeroUsize>, default| {
            asked.map_or(default, |asked| asked.get().clamp(least, most))
        };
        Buffers { input: size(self.input, default.input), output: size(self.output, default.output) }
    }

    /// How a librsync whose buffers have these sizes cuts the literals of a delta against nothing, `default` being how
    /// it does with its own. rollsync's profile knows no buffers.
    #[must_use]
    pub fn empty_basis(self, default: EmptyBasis, profile: Profile) -> EmptyBasis {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(input_len: i32, output_len: i32) -> BufferSizes {
        BufferSizes::new(input_len, output_len).expect("not negative")
    }

    fn bytes(len: usize) -> NonZeroUsize {
        NonZeroUsize::new(len).expect("not 0")
    }

    #[test]
    fn memory_stays_within_bounds() {
        let default = Buffers { input: 1, output: 9 << 20 };
        assert_eq!(sizes(0, 0).buffers_or(default), default);
        assert_eq!(sizes(1, i32::MAX).buffers_or(default), Buffers { input: 4 << 10, output: 4 << 20 });
        assert_eq!(sizes(70_000, 8192).buffers_or(default), Buffers { input: 70_000, output: 8192 });
    }

    #[test]
    fn an_empty_basis_is_cut_by_the_sizes_asked_for() {
        let cut = EmptyBasis::Cut(bytes(256));
        assert_eq!(sizes(0, 7).empty_basis(cut, Profile::Librsync232), cut);
        assert_eq!(sizes(1, 7).empty_basis(cut, Profile::Librsync232), EmptyBasis::Cut(bytes(1)));
        assert_eq!(sizes(1, 7).empty_basis(cut, Profile::Compact), cut);

        let buffers = |input, output| EmptyBasis::Buffers { input: bytes(input), output: bytes(output) };
        for (asked, expected) in
            [((0, 0), (100, 200)), ((5, 0), (5, 200)), ((0, 6), (100, 6)), ((5, 6), (5, 6))]
        {
            let got = sizes(asked.0, asked.1).empty_basis(buffers(100, 200), Profile::Librsync234);
            assert_eq!(got, buffers(expected.0, expected.1), "{asked:?}");
        }
    }
}
