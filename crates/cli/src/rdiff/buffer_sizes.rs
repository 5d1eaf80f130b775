//! `-I` and `-O`.

use std::num::NonZeroUsize;

use rollsync::{Buffers, EmptyBasis, Profile};

use super::args::Settings;
use super::failure::Failure;
use super::messages::{Severity, report_log};
use super::result_code::ResultCode;

/// What is read and written at once stays within these bounds, whatever is asked for: below, system calls take all the
/// time, and above, memory is spent for nothing. It never changes what comes out.
const BOUNDS: (usize, usize) = (4 << 10, 4 << 20);

/// The sizes that were asked for; `None` is the default.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BufferSizes {
    input: Option<NonZeroUsize>,
    output: Option<NonZeroUsize>,
}

impl BufferSizes {
    /// The sizes, none of which may be negative.
    pub(crate) fn new(settings: &Settings) -> Result<Self, Failure> {
        let size = |side, asked: i32| match usize::try_from(asked) {
            Ok(size) => Ok(NonZeroUsize::new(size)),
            Err(_) => {
                let message = format!("invalid {side} buffer size {asked}");
                report_log(Severity::Error, "rs_alloc", message.as_bytes());
                Err(Failure::Job(ResultCode::ParamError))
            }
        };
        Ok(Self { input: size("input", settings.input_len)?, output: size("output", settings.output_len)? })
    }

    /// Buffers to drive a job with.
    pub(crate) fn buffers(self) -> Buffers {
        self.buffers_or(Buffers::default())
    }

    /// The same with other defaults.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(input_len: i32, output_len: i32) -> BufferSizes {
        BufferSizes::new(&Settings { input_len, output_len, ..Settings::default() }).expect("not negative")
    }

    fn bytes(len: usize) -> NonZeroUsize {
        NonZeroUsize::new(len).expect("not 0")
    }

    #[test]
    fn memory_stays_within_bounds() {
        let default = Buffers { input: 1, output: 9 << 20 };
        assert_eq!(sizes(0, 0).buffers_or(default), default);
        assert_eq!(sizes(1, i32::MAX).buffers(), Buffers { input: 4 << 10, output: 4 << 20 });
        assert_eq!(sizes(70_000, 8192).buffers(), Buffers { input: 70_000, output: 8192 });
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
