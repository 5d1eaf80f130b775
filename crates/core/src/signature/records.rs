//! A signature's records, taken apart.

use super::Signature;
use crate::{
    Limits, SignatureParams,
    error::{LimitError, LimitKind, ResourceError},
};
use alloc::vec::Vec;

/// Some records of a signature, taken apart into weak and strong sums: what a [`LoadJob`](crate::LoadJob) can be given in place of
/// their bytes. Any thread can make it, so that several read one signature together.
///
/// ```
/// use rollsync_core::{Input, Job, LoadJob, Records, SignatureJob, SignatureParams};
/// let (params, mut bytes) = (SignatureParams::recommended(None), [0; 84]);
/// SignatureJob::new(params).step(Input::last(&[7; 3000]), &mut bytes)?;
/// let mut records = Records::new(params);
/// assert_eq!(records.add(&bytes[12..])?, 72);
///
/// let mut job = LoadJob::new();
/// job.step(Input::more(&bytes[..12]), &mut [])?;
/// job.add(records)?;
/// job.step(Input::last(&[]), &mut [])?;
/// assert_eq!(job.into_signature().map(|signature| signature.block_count()), Some(2));
/// # Ok::<(), rollsync_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Records {
    params: SignatureParams,
    weak: Vec<u32>,
    strong: Vec<u8>,
}

impl Records {
    /// So many there are at most.
    pub const MAX: usize = 1 << 14;

    /// None yet, of a signature with these parameters.
    #[must_use]
    pub const fn new(params: SignatureParams) -> Self {
        Self { params, weak: Vec::new(), strong: Vec::new() }
    }

    /// The parameters.
    #[must_use]
    pub const fn params(&self) -> SignatureParams {
        self.params
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.weak.len()
    }

    /// Takes the whole records at the front of `bytes`, as many as there is room for; how many bytes these were.
    ///
    /// # Errors
    /// When there is no memory for them.
    pub fn add(&mut self, bytes: &[u8]) -> Result<usize, ResourceError> {
        let (record_len, strong_len) = (self.params.record_len(), self.params.strong_len().as_usize());
        let count = (bytes.len() / record_len).min(Self::MAX - self.count());
        let needed = self.count() + count;
        // Room is no more than four times what has come.
        let whole = if needed < Self::MAX / 4 { needed.max(2 * self.count()) } else { Self::MAX };
        reserve_exact(&mut self.weak, count, whole)?;
        reserve_exact(&mut self.strong, count * strong_len, whole * strong_len)?;
        let bytes = &bytes[..count * record_len];
        split(bytes, record_len, &mut self.weak, &mut self.strong);
        Ok(bytes.len())
    }
}

/// Makes room for `more`, and if there is too little for `whole` in all.
fn reserve_exact<T>(vec: &mut Vec<T>, more: usize, whole: usize) -> Result<(), ResourceError> {
    if vec.capacity() - vec.len() >= more {
        return Ok(());
    }
    let bytes = (whole * size_of::<T>()) as u64;
    vec.try_reserve_exact(whole - vec.len()).map_err(|_| ResourceError::Memory { bytes })
}

/// Takes records apart. There is room for what they are made of.
fn split(records: &[u8], record_len: usize, weak: &mut Vec<u32>, strong: &mut Vec<u8>) {
    let taken_apart = (weak, strong);
    // Of whole digests, and half of one, the length is known when this is compiled.
    match record_len {
        36 => split_each(records.as_chunks::<36>().0.iter(), taken_apart),
        20 => split_each(records.as_chunks::<20>().0.iter(), taken_apart),
        _ => split_each(records.chunks_exact(record_len), taken_apart),
    }
}

#[inline(always)]
fn split_each<R: AsRef<[u8]>>(
    records: impl Iterator<Item = R>,
    (weak, strong): (&mut Vec<u32>, &mut Vec<u8>),
) {
    for record in records {
        let (sum, rest) = record.as_ref().split_at(4);
        weak.push(sum.iter().fold(0, |sum, &byte| sum << 8 | u32::from(byte)));
        strong.extend_from_slice(rest);
    }
}

impl Signature {
    /// Takes whole records.
    pub(super) fn append(&mut self, mut records: &[u8], limits: &Limits) -> Result<(), ResourceError> {
        let record_len = self.params.record_len();
        self.check_more(records.len() / record_len, limits)?;
        while !records.is_empty() {
            let count = self.reserve(records.len() / record_len, limits)?;
            let (now, rest) = records.split_at(count * record_len);
            let last = self.strong.last_mut().expect("there is room in it");
            split(now, record_len, &mut self.weak, last);
            records = rest;
        }
        Ok(())
    }

    /// Takes records that are taken apart. Where a piece begins, they are one.
    pub(super) fn append_parts(&mut self, records: Records, limits: &Limits) -> Result<(), ResourceError> {
        let Records { weak, strong, .. } = records;
        self.check_more(weak.len(), limits)?;
        if self.block_count().is_multiple_of(Records::MAX) && !weak.is_empty() {
            let strong_size = strong.capacity() as u64;
            let others = self.strong_memory() + strong_size;
            limits.reserve(&mut self.weak, weak.len(), usize::MAX, others)?;
            self.begin_piece(strong, limits)?;
            self.weak.extend_from_slice(&weak);
            return Ok(());
        }
        let (mut weak, mut strong) = (&weak[..], &strong[..]);
        while !weak.is_empty() {
            let count = self.reserve(weak.len(), limits)?;
            let (sums, rest) = strong.split_at(count * self.params.strong_len().as_usize());
            self.strong.last_mut().expect("there is room in it").extend_from_slice(sums);
            self.weak.extend_from_slice(&weak[..count]);
            (weak, strong) = (&weak[count..], rest);
        }
        Ok(())
    }

    fn check_more(&self, count: usize, limits: &Limits) -> Result<(), ResourceError> {
        let total = self.block_count() as u64 + count as u64;
        limits.check_records(total)?;
        let limit = Self::MAX_RECORDS;
        if total > limit {
            return Err(LimitError { kind: LimitKind::Records, limit, needed: total }.into());
        }
        Ok(())
    }

    /// Makes room for records in the last piece, which is begun if the one before is full: for `count`, or as many as go there. How
    /// many these are.
    fn reserve(&mut self, count: usize, limits: &Limits) -> Result<usize, ResourceError> {
        let in_last = self.block_count() % Records::MAX;
        let count = count.min(Records::MAX - in_last);
        let strong_len = self.params.strong_len().as_usize();
        let room = |last: &Vec<u8>| in_last > 0 && last.capacity() - last.len() >= count * strong_len;
        if self.weak.capacity() - self.weak.len() >= count && self.strong.last().is_some_and(room) {
            return Ok(count);
        }
        let others = self.strong_memory();
        limits.reserve(&mut self.weak, count, usize::MAX, others)?;
        if in_last == 0 {
            self.begin_piece(Vec::new(), limits)?;
        }
        let (memory, is_first) = (self.memory(), self.strong.len() == 1);
        let last = self.strong.last_mut().expect("it is begun");
        // Behind the first piece, no less than a whole one has come.
        let whole = Records::MAX * strong_len;
        let ahead = if is_first { last.capacity().saturating_mul(2).min(whole) } else { whole };
        limits.reserve_ahead(last, count * strong_len, ahead, memory - last.capacity() as u64)?;
        Ok(count)
    }

    fn begin_piece(&mut self, piece: Vec<u8>, limits: &Limits) -> Result<(), ResourceError> {
        let places = (self.strong.capacity() * size_of::<Vec<u8>>()) as u64;
        let others = self.memory() - places + piece.capacity() as u64;
        limits.reserve(&mut self.strong, 1, usize::MAX, others)?;
        self.strong.push(piece);
        Ok(())
    }
}
