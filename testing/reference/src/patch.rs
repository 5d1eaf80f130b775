use std::fmt;

use crate::{DeltaError, DeltaErrorKind, Header, Stats, parse_header, parse_magic};

/// Applies a delta to a basis. There is no limit of the output's length: it is at most that of the literals and, for each
/// copy command, that of the basis.
pub fn patch(basis: &[u8], delta: &[u8]) -> Patched {
    let stats = Stats { op: "patch", ..Stats::default() };
    let mut patched = Patched { output: Vec::new(), result: Ok(()), consumed: 0, stats };
    patched.result = patched.run(basis, delta);
    patched
}

/// What a patch gave.
#[derive(Clone, Debug, PartialEq)]
pub struct Patched {
    /// The new file, or what could be told of it before the failure.
    pub output: Vec<u8>,
    /// Whether the delta was carried out to its END.
    pub result: Result<(), PatchError>,
    /// Bytes of the delta that were used; behind END nothing is.
    pub consumed: usize,
    /// Counters; a command is counted when its parameters are accepted, before its data moves.
    pub stats: Stats,
}

impl Patched {
    /// librsync's result code: 0 when the patch succeeded.
    pub fn code(&self) -> i32 {
        self.result.map_or_else(|error| error.code(), |()| 0)
    }

    fn run(&mut self, basis: &[u8], delta: &[u8]) -> Result<(), PatchError> {
        parse_magic(delta)?;
        self.consumed = 4;
        loop {
            let command = self.consumed;
            let (header, next) = parse_header(delta, command)?;
            self.stats.count(header, next - command);
            self.consumed = next;
            match header {
                Header::End => return Ok(()),
                Header::Literal { len } => {
                    let payload = up_to(&delta[next..], len);
                    self.output.extend(payload);
                    self.consumed += payload.len();
                    if (payload.len() as u64) < len {
                        let kind = DeltaErrorKind::LiteralEnded;
                        return Err(PatchError::Delta(DeltaError { offset: command, kind }));
                    }
                }
                Header::Copy { offset, len } => {
                    let skipped = up_to(basis, offset);
                    let found = up_to(&basis[skipped.len()..], len);
                    self.output.extend(found);
                    // Any copy has at least one byte, so one that starts past the end is found too short.
                    if (found.len() as u64) < len {
                        return Err(PatchError::BasisEnded { offset: command });
                    }
                }
            }
        }
    }
}

/// The first `len` bytes, or all there are.
fn up_to(bytes: &[u8], len: u64) -> &[u8] {
    usize::try_from(len).ok().and_then(|len| bytes.get(..len)).unwrap_or(bytes)
}

/// Why a patch failed. Displays librsync's log line after `ERROR: ` where it has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatchError {
    /// The delta cannot be read on.
    Delta(DeltaError),
    /// A copy reaches past the end of the basis.
    BasisEnded {
        /// Offset of the copy command within the delta.
        offset: usize,
    },
}

impl PatchError {
    /// librsync's result code.
    pub fn code(&self) -> i32 {
        match self {
            PatchError::Delta(error) => error.code(),
            PatchError::BasisEnded { .. } => 103,
        }
    }
}

impl From<DeltaError> for PatchError {
    fn from(error: DeltaError) -> Self {
        PatchError::Delta(error)
    }
}

impl fmt::Display for PatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PatchError::Delta(error) => error.fmt(f),
            // 3 is the descriptor of rdiff's first file.
            PatchError::BasisEnded { .. } => f.write_str("(rs_file_copy_cb) unexpected eof on fd3"),
        }
    }
}

impl std::error::Error for PatchError {}
