//! Which sums a signature holds.

use super::{console::Console, exit::Exit, failure::Failure};
use clap::{Args, ValueEnum};
use rollsync::{
    BlockLen, Format, Options, SignatureOptions, SignatureParams, StrongKind, StrongLen, StrongLenChoice,
};

/// What the command line asks of a signature.
#[derive(Args)]
pub(crate) struct SumArguments {
    /// Weak and strong sum of a block
    #[arg(long, value_name = "FORMAT", default_value = "rk-blake2", value_enum)]
    format: FormatName,
    /// Bytes of a block [default: about the square root of the file's length; 2048 when that is unknown]
    #[arg(short, long, value_name = "N", value_parser = block_len, allow_negative_numbers = true)]
    block_len: Option<BlockLen>,
    /// Bytes of a strong sum to keep; `min`: as few as are safe against accidents
    #[arg(short, long, value_name = "N|min|max", default_value = "max", value_parser = strong_len)]
    #[arg(allow_negative_numbers = true)]
    strong_len: StrongLenChoice,
}

#[derive(Clone, Copy, ValueEnum)]
enum FormatName {
    /// 72730147: the fastest to search; for librsync 2.2 and later
    #[value(name = "rk-blake2")]
    RabinKarpBlake2,
    /// 72730146: MD4 is broken
    #[value(name = "rk-md4")]
    RabinKarpMd4,
    /// 72730137: for librsync 1.0 and later
    #[value(name = "rollsum-blake2")]
    RollsumBlake2,
    /// 72730136: for all; MD4 is broken
    #[value(name = "rollsum-md4")]
    RollsumMd4,
}

impl From<FormatName> for Format {
    fn from(name: FormatName) -> Self {
        match name {
            FormatName::RabinKarpBlake2 => Self::RABIN_KARP_BLAKE2,
            FormatName::RabinKarpMd4 => Self::RABIN_KARP_MD4,
            FormatName::RollsumBlake2 => Self::ROLLSUM_BLAKE2,
            FormatName::RollsumMd4 => Self::ROLLSUM_MD4,
        }
    }
}

/// A format's name on the command line.
pub(crate) const fn format_name(format: Format) -> &'static str {
    match format {
        Format::RABIN_KARP_BLAKE2 => "rk-blake2",
        Format::RABIN_KARP_MD4 => "rk-md4",
        Format::ROLLSUM_BLAKE2 => "rollsum-blake2",
        Format::ROLLSUM_MD4 => "rollsum-md4",
    }
}

impl SumArguments {
    /// The parameters for a basis of this length.
    pub(crate) fn resolve(&self, basis_len: Option<u64>) -> Result<SignatureParams, Failure> {
        let Self { format, block_len, strong_len } = *self;
        let options = SignatureOptions { format: format.into(), block_len, strong_len };
        options.resolve(basis_len).map_err(|error| {
            let max = StrongLen::max(options.format).get();
            Failure::new(Exit::Usage, error.to_string())
                .hint(format!("a sum of this format has {max} bytes: give --strong-len {max} at most"))
        })
    }
}

/// The options for a signature of these parameters.
pub(crate) const fn options<'a>(options: Options<'a>, params: &SignatureParams) -> Options<'a> {
    options
        .format(params.format())
        .block_len(params.block_len())
        .strong_len(StrongLenChoice::Exactly(params.strong_len()))
}

/// Warns of sums that are not to be relied on, for a basis of this length.
pub(crate) fn warn(console: &Console, params: &SignatureParams, basis_len: Option<u64>) {
    if let Some(warning) = md4_warning(params.format()) {
        console.warn(warning.to_owned());
    }
    let least = StrongLen::min_for(basis_len, params.block_len());
    if params.strong_len() < least {
        console.warn(format!(
            "strong sums of {} are short for this basis: two blocks may be taken for one; \
             {} or more are recommended",
            super::size::Count(params.strong_len().get().into(), "byte", "bytes"),
            least.get(),
        ));
    }
}

/// What is to be said of a format whose strong sum is broken.
pub(crate) fn md4_warning(format: Format) -> Option<&'static str> {
    (format.strong == StrongKind::Md4).then_some(
        "MD4 is broken: whoever chooses parts of the basis or of the new file can make the patched file wrong; \
         prefer the format rk-blake2",
    )
}

fn block_len(text: &str) -> Result<BlockLen, String> {
    let bytes = text.parse().map_err(|_| "not a number of bytes".to_owned())?;
    BlockLen::new(bytes).map_err(|error| error.to_string())
}

fn strong_len(text: &str) -> Result<StrongLenChoice, String> {
    match text {
        "max" => Ok(StrongLenChoice::Max),
        "min" => Ok(StrongLenChoice::Min),
        _ => {
            let bytes = text.parse().map_err(|_| "not a number of bytes, `min` or `max`".to_owned())?;
            StrongLen::new(bytes).map(StrongLenChoice::Exactly).map_err(|error| error.to_string())
        }
    }
}
