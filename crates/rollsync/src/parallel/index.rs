//! An index that several threads build: the parts of its tables do not depend on each other.

use super::crew::Crew;
use rollsync_core::{IndexBuilder, Limits, ResourceError, Signature, SignatureIndex};

/// Indexes a signature with `threads` threads, the calling one among them: the index that [`SignatureIndex::build`] makes.
///
/// ```
/// use rollsync::{Limits, Signature, SignatureParams, index_signature};
/// let signature = Signature::empty(SignatureParams::recommended(Some(0)));
/// assert!(index_signature(signature, &Limits::default(), 2)?.signature().is_empty());
/// # Ok::<(), rollsync::ResourceError>(())
/// ```
///
/// # Errors
/// When signature and index would take more than `limits.memory`, or there is no memory for them.
pub fn index_signature(
    signature: Signature,
    limits: &Limits,
    threads: usize,
) -> Result<SignatureIndex, ResourceError> {
    let builder = IndexBuilder::new(signature, limits).map_err(|(_, error)| error)?;
    let shares = builder.shares(threads);
    let made = if shares.is_empty() {
        Vec::new()
    } else {
        let threads = threads.min(shares.len());
        Crew::with(threads, &|_, share| builder.make(share), |crew| {
            let numbers: Vec<u64> = shares.into_iter().map(|share| crew.give(share)).collect();
            crew.close();
            let made = numbers.into_iter().filter_map(|number| crew.take(number));
            made.collect::<Result<Vec<_>, _>>()
        })?
    };
    builder.finish(made).map_err(|(_, error)| error)
}
