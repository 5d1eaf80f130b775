//! The one table of `rdiff`'s options: the parser reads names and kinds from it, the help its text.

/// Which option a command line named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OptionId {
    Verbose,
    Version,
    Help,
    Statistics,
    Force,
    Hash,
    Rollsum,
    BlockSize,
    SumSize,
    InputSize,
    OutputSize,
    Compression,
}

/// What may follow an option's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Takes {
    Nothing,
    Text,
    Integer,
}

/// One option and its line in the help.
#[derive(Debug)]
pub(crate) struct OptionSpec {
    pub(crate) id: OptionId,
    pub(crate) short: u8,
    pub(crate) long: &'static str,
    /// What follows the long name in the help, `=BYTES` for instance.
    pub(crate) value_text: &'static str,
    pub(crate) takes: Takes,
    pub(crate) help: &'static str,
}

impl OptionSpec {
    /// The option with this letter. `-h` is understood but, as in the original, not advertised.
    pub(crate) fn by_short(letter: u8) -> Option<&'static Self> {
        let letter = if letter == b'h' { b'?' } else { letter };
        all().find(|option| option.short == letter)
    }

    /// The option with this whole name, without its dashes. `--stats` is the unadvertised short form.
    pub(crate) fn by_long(name: &[u8]) -> Option<&'static Self> {
        let name = if name == b"stats" { b"statistics" } else { name };
        all().find(|option| option.long.as_bytes() == name)
    }
}

fn all() -> impl Iterator<Item = &'static OptionSpec> {
    GROUPS.iter().flat_map(|(_, options)| options.iter())
}

const fn flag(id: OptionId, short: u8, long: &'static str, help: &'static str) -> OptionSpec {
    OptionSpec { id, short, long, value_text: "", takes: Takes::Nothing, help }
}

const fn text(id: OptionId, short: u8, long: &'static str, help: &'static str) -> OptionSpec {
    OptionSpec { id, short, long, value_text: "=ALG", takes: Takes::Text, help }
}

const fn integer(id: OptionId, short: u8, long: &'static str, help: &'static str) -> OptionSpec {
    OptionSpec { id, short, long, value_text: "=BYTES", takes: Takes::Integer, help }
}

/// Upstream's help promises a level that its parser, like this one, does not take.
const fn compression(short: u8, long: &'static str, help: &'static str) -> OptionSpec {
    OptionSpec { id: OptionId::Compression, short, long, value_text: "[=LEVEL]", takes: Takes::Nothing, help }
}

/// Every option under its heading, in the order of the help.
pub(crate) const GROUPS: &[(&str, &[OptionSpec])] = &[
    (
        "Options:",
        &[
            flag(OptionId::Verbose, b'v', "verbose", "Trace internal processing"),
            flag(OptionId::Version, b'V', "version", "Show program version"),
            flag(OptionId::Help, b'?', "help", "Show this help message"),
            flag(OptionId::Statistics, b's', "statistics", "Show performance statistics"),
            flag(OptionId::Force, b'f', "force", "Force overwriting existing files"),
        ],
    ),
    (
        "Signature generation options:",
        &[
            text(OptionId::Hash, b'H', "hash", "Hash algorithm: blake2 (default), md4"),
            text(OptionId::Rollsum, b'R', "rollsum", "Rollsum algorithm: rabinkarp (default), rollsum"),
        ],
    ),
    (
        "Delta-encoding options:",
        &[
            integer(
                OptionId::BlockSize,
                b'b',
                "block-size",
                "Signature block size, 0 (default) for recommended",
            ),
            integer(
                OptionId::SumSize,
                b'S',
                "sum-size",
                "Signature strength, 0 (default) for max, -1 for min",
            ),
        ],
    ),
    (
        "IO options:",
        &[
            integer(OptionId::InputSize, b'I', "input-size", "Input buffer size"),
            integer(OptionId::OutputSize, b'O', "output-size", "Output buffer size"),
            compression(b'z', "gzip", "gzip-compress deltas"),
            compression(b'i', "bzip2", "bzip2-compress deltas"),
        ],
    ),
];
