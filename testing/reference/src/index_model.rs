use crate::{Signature, index_key};

/// librsync's index as its match statistics show it: an open-addressed table behind a bit set.
#[derive(Clone, Debug)]
pub struct IndexModel<'s> {
    signature: &'s Signature,
    keys: Vec<u32>,
    slots: Vec<Option<usize>>,
    filter: Vec<bool>,
    bits: u32,
}

/// What one search cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Probes {
    /// The block found: the lowest among equal ones.
    pub found: Option<usize>,
    /// Slots looked at.
    pub weak_compares: u64,
    /// Slots with the key looked for.
    pub strong_compares: u64,
    /// Strong sums computed: 0 or 1.
    pub strong_calcs: u64,
}

impl<'s> IndexModel<'s> {
    /// Builds the table, leaving out blocks that are equal to an earlier one.
    pub fn new(signature: &'s Signature) -> Self {
        let weak = signature.params.format().weak;
        let keys: Vec<u32> = signature.records.iter().map(|r| index_key(weak, r.weak)).collect();
        let size = (1 + keys.len() * 10 / 7).next_power_of_two().max(2);
        let slots = vec![None; size];
        let mut model = IndexModel { signature, keys, slots, filter: vec![false; size], bits: size.ilog2() };
        for (block, record) in signature.records.iter().enumerate() {
            let key = model.keys[block];
            if model.search(key, || record.strong.clone()).found.is_none() {
                let empty = model.path(key).find(|&slot| model.slots[slot].is_none());
                let empty = empty.expect("a table filled to 7/10 has an empty slot on every path");
                model.slots[empty] = Some(block);
                let bit = model.filter_bit(key);
                model.filter[bit] = true;
            }
        }
        model
    }

    /// Looks a window up by its key; `strong` is called at most once, for the truncated strong sum.
    pub fn search(&self, key: u32, strong: impl FnOnce() -> Vec<u8>) -> Probes {
        let mut probes = Probes::default();
        if !self.filter[self.filter_bit(key)] {
            return probes;
        }
        let (mut compute, mut window_strong) = (Some(strong), Vec::new());
        for slot in self.path(key) {
            probes.weak_compares += 1;
            let Some(block) = self.slots[slot] else { break };
            if self.keys[block] != key {
                continue;
            }
            probes.strong_compares += 1;
            if let Some(compute) = compute.take() {
                probes.strong_calcs += 1;
                window_strong = compute();
            }
            if self.signature.records[block].strong == window_strong {
                probes.found = Some(block);
                break;
            }
        }
        probes
    }

    fn filter_bit(&self, key: u32) -> usize {
        (key >> (32 - self.bits)) as usize
    }

    /// Slots in the order of probing: triangular numbers from the key's own slot. They visit every slot once.
    fn path(&self, key: u32) -> impl Iterator<Item = usize> + use<> {
        let size = self.slots.len();
        (0..size).scan(key as usize, move |slot, step| {
            *slot = (*slot + step) & (size - 1);
            Some(*slot)
        })
    }
}
