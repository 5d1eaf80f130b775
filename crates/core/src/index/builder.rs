//! Building an index, on one thread or on several.

use super::{
    SignatureIndex, key,
    part::{Filled, Filling},
    seed::Seed,
    table::Table,
    twins,
};
use crate::{Limits, ResourceError, Signature};
use alloc::vec::Vec;
use core::{
    ops::Range,
    sync::atomic::{AtomicUsize, Ordering},
};
use rollsync_kernels::scan::Filter;

/// The building of a [`SignatureIndex`], cut into shares that threads can take: what each makes hangs on no other.
///
/// ```
/// use rollsync_core::{IndexBuilder, Limits, ResourceError, Signature, SignatureParams};
/// use std::thread;
/// let signature = Signature::empty(SignatureParams::recommended(Some(0)));
/// let builder = IndexBuilder::new(signature, &Limits::default()).map_err(|(_, error)| error)?;
/// let made: Result<Vec<_>, ResourceError> = thread::scope(|scope| {
///     let make = |share| scope.spawn(|| builder.make(share));
///     let threads: Vec<_> = builder.shares(2).into_iter().map(make).collect();
///     threads.into_iter().map(|thread| thread.join().unwrap()).collect()
/// });
/// let index = builder.finish(made?).map_err(|(_, error)| error)?;
/// assert_eq!(index.signature().block_count(), 0);
/// # Ok::<(), ResourceError>(())
/// ```
#[derive(Debug)]
pub struct IndexBuilder {
    signature: Signature,
    limits: Limits,
    seed: Seed,
    /// No other builder's.
    number: usize,
}

/// A share of the building.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexShare(Of);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Of {
    Filter,
    /// Parts of the table of keys.
    Parts(Range<usize>),
}

/// What came of an [`IndexShare`].
#[derive(Debug)]
pub struct IndexPart {
    /// The number of its builder.
    builder: usize,
    made: Made,
}

#[derive(Debug)]
enum Made {
    Filter(Filter),
    /// The first of them has this number.
    Parts(usize, Vec<Filled>),
}

impl IndexBuilder {
    /// Begins to index a signature.
    ///
    /// # Errors
    /// When signature and index would take more than `limits.memory`; with the signature.
    #[expect(clippy::result_large_err, reason = "when memory is short, nothing is put into a box")]
    pub fn new(signature: Signature, limits: &Limits) -> Result<Self, (Signature, ResourceError)> {
        if let Err(error) = limits.check_memory(at_first(&signature)) {
            return Err((signature, error.into()));
        }
        let seed = Seed::of_words(signature.weak_sums().iter().copied());
        let number = NEXT_NUMBER.fetch_add(1, Ordering::Relaxed);
        Ok(Self { signature, limits: *limits, seed, number })
    }

    /// Shares for so many threads, the longest first. There are none for one thread, or where the signature is short, or memory is
    /// limited: only when all is made in one place all of it is counted.
    #[must_use]
    pub fn shares(&self, threads: usize) -> Vec<IndexShare> {
        let (parts, _) = Table::shape_for(self.signature.block_count());
        if threads < 2 || parts < 2 || self.limits.memory.is_some() {
            return Vec::new();
        }
        let each = (parts + FILTER_COST).div_ceil(threads);
        let starts = (0..parts).step_by(each);
        let mut shares: Vec<_> =
            starts.map(|start| IndexShare(Of::Parts(start..parts.min(start + each)))).collect();
        let place = if each < FILTER_COST { 0 } else { shares.len() };
        shares.insert(place, IndexShare(Of::Filter));
        shares
    }

    /// Does one share.
    ///
    /// # Errors
    /// When there is no memory for it.
    pub fn make(&self, share: IndexShare) -> Result<IndexPart, ResourceError> {
        let made = match share.0 {
            Of::Filter => Made::Filter(self.filter()?),
            Of::Parts(numbers) => Made::Parts(numbers.start, self.fill(numbers)?),
        };
        Ok(IndexPart { builder: self.number, made })
    }

    /// Puts together what came of this builder's shares, and makes what is missing. What another builder made is left out.
    ///
    /// # Errors
    /// When signature and index would take more than `limits.memory`, or there is no memory for them; with the signature.
    #[expect(clippy::result_large_err, reason = "when memory is short, nothing is put into a box")]
    pub fn finish(
        self,
        made: impl IntoIterator<Item = IndexPart>,
    ) -> Result<SignatureIndex, (Signature, ResourceError)> {
        match self.put_together(made) {
            Ok((filter, table)) => Ok(SignatureIndex { signature: self.signature, filter, table }),
            Err(error) => Err((self.signature, error)),
        }
    }

    fn put_together(
        &self,
        made: impl IntoIterator<Item = IndexPart>,
    ) -> Result<(Filter, Table), ResourceError> {
        let (count, _) = Table::shape_for(self.signature.block_count());
        let mut filter = None;
        let mut parts: [Option<Filled>; Table::PARTS_MAX] = Default::default();
        for share in made {
            match share.made {
                _ if share.builder != self.number => {}
                Made::Filter(made) => filter = Some(made),
                Made::Parts(first, filled) => {
                    let places = parts[first..].iter_mut();
                    places.zip(filled).for_each(|(place, filled)| *place = Some(filled));
                }
            }
        }
        let filter = if let Some(filter) = filter { filter } else { self.filter()? };
        while let Some(start) = parts[..count].iter().position(Option::is_none) {
            let missing = parts[start..count].iter().take_while(|part| part.is_none()).count();
            let filled = self.fill(start..start + missing)?;
            parts[start..].iter_mut().zip(filled).for_each(|(place, filled)| *place = Some(filled));
        }
        let parts = parts.into_iter().take(count).flatten();
        let others = at_first(&self.signature);
        Ok((filter, Table::of_parts((&self.signature, self.seed), parts, &self.limits, others)?))
    }

    fn filter(&self) -> Result<Filter, ResourceError> {
        let params = self.signature.params();
        let (count, kind) = (self.signature.block_count(), params.format().weak);
        let filter = Filter::with_room_for(count, kind, params.block_len().as_usize());
        let bytes = Filter::size_for(count) as u64;
        let mut filter = filter.map_err(|_| ResourceError::Memory { bytes })?;
        for &digest in self.signature.weak_sums() {
            filter.insert(digest);
            if key(kind, digest) == u32::MAX {
                twins(kind).into_iter().for_each(|twin| filter.insert(twin));
            }
        }
        Ok(filter)
    }

    fn fill(&self, numbers: Range<usize>) -> Result<Vec<Filled>, ResourceError> {
        let (count, slots) = Table::shape_for(self.signature.block_count());
        let of = (&self.signature, self.seed);
        let filling = Filling::begin(of, (numbers.len(), slots), &self.limits, at_first(&self.signature))?;
        filling.fill(numbers.start, count)
    }
}

static NEXT_NUMBER: AtomicUsize = AtomicUsize::new(0);

/// The filter is as long to make as so many parts of the table.
const FILTER_COST: usize = 2;

/// How many bytes a signature and its index take while no two blocks share a weak sum.
fn at_first(signature: &Signature) -> u64 {
    let count = signature.block_count();
    let tables = (Filter::size_for(count) as u64).saturating_add(Table::size_for(count));
    signature.memory().saturating_add(tables)
}
