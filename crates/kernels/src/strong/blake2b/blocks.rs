//! The blocks of messages that are hashed side by side.

/// Bytes that are compressed at once.
pub(super) const BLOCK: usize = 128;

/// RFC 7693, 2.6.
pub(super) const IV: [u64; 8] = [
    0x6a09_e667_f3bc_c908,
    0xbb67_ae85_84ca_a73b,
    0x3c6e_f372_fe94_f82b,
    0xa54f_f53a_5f1d_36f1,
    0x510e_527f_ade6_82d1,
    0x9b05_688c_2b3e_6c1f,
    0x1f83_d9ab_fb41_bd6b,
    0x5be0_cd19_137e_2179,
];

/// What the state begins with: digest length 32, no key, fanout and depth 1.
pub(super) const START: [u64; 8] = {
    let mut start = IV;
    start[0] ^= 0x0101_0020;
    start
};

/// The same block of each message: a row a lane, for each set of lanes.
pub(super) struct Rows<'a, const SETS: usize, const LANES: usize> {
    pub(super) rows: [[&'a [u8; BLOCK]; LANES]; SETS],
    /// Bytes of a message up to the block's end.
    pub(super) counter: u64,
    /// All ones for a message's last block, else 0.
    pub(super) last: u64,
}

/// Messages of one length, block by block. Idle lanes repeat the first message.
pub(super) struct Blocks<'a, const SETS: usize, const LANES: usize> {
    messages: [[&'a [u8]; LANES]; SETS],
    len: usize,
    /// The last block of each, which may be all there is, filled up with zeros.
    last: [[[u8; BLOCK]; LANES]; SETS],
}

impl<'a, const SETS: usize, const LANES: usize> Blocks<'a, SETS, LANES> {
    /// Of at least one message.
    #[inline(always)]
    pub(super) fn of(messages: &[&'a [u8]]) -> Self {
        assert!(messages.len() <= SETS * LANES, "one lane a message");
        let message = |i| messages.get(i).copied().unwrap_or(messages[0]);
        let messages: [[&[u8]; LANES]; SETS] =
            core::array::from_fn(|set| core::array::from_fn(|lane| message(set * LANES + lane)));
        let len = messages[0][0].len();
        let mut blocks = Self { messages, len, last: [[[0; BLOCK]; LANES]; SETS] };
        let whole = blocks.whole();
        for (row, message) in blocks.last.as_flattened_mut().iter_mut().zip(messages.as_flattened()) {
            let rest = &message[whole * BLOCK..];
            row[..rest.len()].copy_from_slice(rest);
        }
        blocks
    }

    /// How many blocks a message has before its last.
    #[inline(always)]
    pub(super) const fn whole(&self) -> usize {
        self.len.saturating_sub(1) / BLOCK
    }

    /// One before the last.
    #[inline(always)]
    pub(super) fn rows(&self, block: usize) -> Rows<'a, SETS, LANES> {
        let rows = self.messages.map(|set| {
            set.map(|message| message[block * BLOCK..].first_chunk().expect("messages of one length"))
        });
        Rows { rows, counter: ((block + 1) * BLOCK) as u64, last: 0 }
    }

    #[inline(always)]
    pub(super) fn last_rows(&self) -> Rows<'_, SETS, LANES> {
        Rows {
            rows: self.last.each_ref().map(|set| set.each_ref()),
            counter: self.len as u64,
            last: u64::MAX,
        }
    }
}
