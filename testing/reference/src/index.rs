use std::collections::HashMap;

use crate::{Signature, WeakKind, mix32};

/// The key under which a weak sum is looked up.
///
/// A rollsum is mixed first, and 0 counts as `ffffffff`: two weak sums share that key.
pub fn index_key(kind: WeakKind, weak: u32) -> u32 {
    let key = match kind {
        WeakKind::Rollsum => mix32(weak),
        WeakKind::RabinKarp => weak,
    };
    if key == 0 { 0xffff_ffff } else { key }
}

/// The blocks of a signature by their keys.
#[derive(Clone, Debug)]
pub struct Index<'s> {
    signature: &'s Signature,
    by_key: HashMap<u32, Vec<usize>>,
}

impl<'s> Index<'s> {
    /// Indexes every record.
    pub fn new(signature: &'s Signature) -> Self {
        let mut by_key: HashMap<u32, Vec<usize>> = HashMap::new();
        for (block, record) in signature.records.iter().enumerate() {
            by_key.entry(index_key(signature.params.format().weak, record.weak)).or_default().push(block);
        }
        Index { signature, by_key }
    }

    /// Whether some block has this key: a weak hit.
    pub fn contains(&self, key: u32) -> bool {
        self.by_key.contains_key(&key)
    }

    /// The blocks with this key and this truncated strong sum, lowest first. They count as equal.
    pub fn equal_blocks(&self, key: u32, strong: &[u8]) -> impl Iterator<Item = usize> {
        let with_key = self.by_key.get(&key).map_or(&[][..], Vec::as_slice);
        with_key.iter().copied().filter(move |&block| self.signature.records[block].strong == strong)
    }

    /// Whether `block` exists and has this key and this truncated strong sum.
    pub fn is_equal_block(&self, block: usize, key: u32, strong: &[u8]) -> bool {
        let weak = self.signature.params.format().weak;
        let record = self.signature.records.get(block);
        record.is_some_and(|record| index_key(weak, record.weak) == key && record.strong == strong)
    }
}
