use crate::{Params, Stats, strong_sum, weak_sum};

/// The sums of a basis, block by block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// Formats and lengths.
    pub params: Params,
    /// One record a block, in the order of the basis.
    pub records: Vec<Record>,
}

/// The sums of one block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The weak sum, as stored: not mixed into a key.
    pub weak: u32,
    /// The leading `strong_len` bytes of the strong sum.
    pub strong: Vec<u8>,
}

impl Signature {
    /// The signature of a basis. The last block is what remains, unpadded.
    pub fn of(basis: &[u8], params: Params) -> Signature {
        let record = |block: &[u8]| Record {
            weak: weak_sum(params.format().weak, block),
            strong: strong_sum(params.format().strong, block, params.strong_len()),
        };
        Signature { params, records: basis.chunks(params.block_len()).map(record).collect() }
    }

    /// The signature file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for field in [
            u64::from(self.params.format().magic()),
            self.params.block_len() as u64,
            self.params.strong_len() as u64,
        ] {
            // The ranges of the parameters keep every field below 2^32.
            out.extend(&field.to_be_bytes()[4..]);
        }
        for record in &self.records {
            out.extend(record.weak.to_be_bytes());
            out.extend(&record.strong);
        }
        out
    }

    /// The counters of the job that made (`op` "signature") or read ("loadsig") this signature.
    pub fn stats(&self, op: &'static str) -> Stats {
        Stats {
            op,
            sig_blocks: self.records.len() as u64,
            block_len: self.params.block_len() as u64,
            ..Stats::default()
        }
    }
}
