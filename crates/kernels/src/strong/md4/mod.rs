//! MD4 (RFC 1320): one message that comes piece by piece, or many side by side.

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
mod lanes;
#[cfg(target_arch = "aarch64")]
mod neon;
#[cfg(target_arch = "x86_64")]
mod x86;

use crate::isa::{Isa, Level};

const INITIAL: [u32; 4] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476];
/// What rounds two and three add: the square roots of 2 and 3.
const K2: u32 = 0x5a82_7999;
const K3: u32 = 0x6ed9_eba1;

/// How many messages fill the vectors.
pub(super) const fn lanes(isa: Isa) -> usize {
    match isa.0 {
        Level::Portable => 1,
        #[cfg(target_arch = "x86_64")]
        Level::Sse2 | Level::Sse41 => 8,
        #[cfg(target_arch = "x86_64")]
        Level::Avx2 | Level::Avx512 | Level::Avx512Vnni => 16,
        #[cfg(target_arch = "aarch64")]
        Level::Neon => 8,
    }
}

/// How many messages are hashed fastest.
pub(super) const fn batch(isa: Isa) -> usize {
    match isa.0 {
        #[cfg(target_arch = "x86_64")]
        Level::Avx512 | Level::Avx512Vnni => 32,
        _ => lanes(isa),
    }
}

/// The digests of many messages, each given to `put` with its message's number. Neighbours of one length are hashed
/// side by side.
pub(super) fn digests(isa: Isa, messages: &[&[u8]], mut put: impl FnMut(usize, [u8; 16])) {
    let mut done = 0;
    while let Some(first) = messages.get(done) {
        let alike =
            messages[done..].iter().take(batch(isa)).take_while(|message| message.len() == first.len());
        let batch = &messages[done..done + alike.count()];
        let put = |i, digest| put(done + i, digest);
        match isa.0 {
            Level::Portable => alone(first, put),
            #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
            _ if batch.len() == 1 => alone(first, put),
            #[cfg(target_arch = "x86_64")]
            Level::Sse2 | Level::Sse41 => x86::digests_sse2(batch, put),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: `isa` says that there is AVX2.
            Level::Avx2 => unsafe { x86::digests_avx2(batch, put) },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: `isa` says that there are AVX2 and AVX-512.
            Level::Avx512 | Level::Avx512Vnni => unsafe { x86::digests_avx512(batch, put) },
            #[cfg(target_arch = "aarch64")]
            // SAFETY: `isa` says that there is NEON.
            Level::Neon => unsafe { neon::digests_neon(batch, put) },
        }
        done += batch.len();
    }
}

fn alone(message: &[u8], mut put: impl FnMut(usize, [u8; 16])) {
    let mut md4 = Md4::new();
    md4.update(message);
    put(0, md4.finish());
}

/// An MD4 hasher of bytes that come piece by piece.
#[derive(Clone, Debug)]
pub struct Md4 {
    state: [u32; 4],
    /// Bytes seen, modulo 2⁶⁴.
    len: u64,
    /// The last `len % 64` bytes stand at its front.
    tail: [u8; 64],
}

impl Md4 {
    /// A hasher that has seen nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self { state: INITIAL, len: 0, tail: [0; 64] }
    }

    /// Appends `bytes`.
    pub fn update(&mut self, mut bytes: &[u8]) {
        let held = self.held();
        self.len = self.len.wrapping_add(bytes.len() as u64);
        if held > 0 {
            let taken = bytes.len().min(64 - held);
            self.tail[held..held + taken].copy_from_slice(&bytes[..taken]);
            bytes = &bytes[taken..];
            if held + taken < 64 {
                return;
            }
            compress(&mut self.state, &self.tail);
        }
        let (blocks, rest) = bytes.as_chunks::<64>();
        for block in blocks {
            compress(&mut self.state, block);
        }
        self.tail[..rest.len()].copy_from_slice(rest);
    }

    /// The digest of all that was appended.
    #[must_use]
    pub fn finish(&self) -> [u8; 16] {
        let (mut state, held) = (self.state, self.held());
        let mut last = [0; 64];
        last[..held].copy_from_slice(&self.tail[..held]);
        last[held] = 0x80;
        if held >= 56 {
            compress(&mut state, &last);
            last = [0; 64];
        }
        last[56..].copy_from_slice(&self.len.wrapping_mul(8).to_le_bytes());
        compress(&mut state, &last);
        let mut digest = [0; 16];
        for (bytes, word) in digest.as_chunks_mut::<4>().0.iter_mut().zip(state) {
            *bytes = word.to_le_bytes();
        }
        digest
    }

    const fn held(&self) -> usize {
        (self.len & 63) as usize
    }
}

impl Default for Md4 {
    fn default() -> Self {
        Self::new()
    }
}

/// One round: its function of three words, its constant, its word order and its four shifts.
macro_rules! round {
    ($s:ident, $x:ident, $f:expr, $k:expr, [$($i:literal)*], $r:expr) => {{
        let shifts: [u32; 4] = $r;
        for (step, i) in [$($i),*].into_iter().enumerate() {
            let [a, b, c, d] = $s;
            let sum = a.wrapping_add($f(b, c, d)).wrapping_add($x[i]).wrapping_add($k);
            $s = [d, sum.rotate_left(shifts[step % 4]), b, c];
        }
    }};
}

fn compress(state: &mut [u32; 4], block: &[u8; 64]) {
    let mut x = [0_u32; 16];
    for (word, bytes) in x.iter_mut().zip(block.as_chunks::<4>().0) {
        *word = u32::from_le_bytes(*bytes);
    }
    let f = |b: u32, c: u32, d: u32| d ^ b & (c ^ d);
    let g = |b: u32, c: u32, d: u32| b & c | d & (b | c);
    let h = |b: u32, c: u32, d: u32| b ^ c ^ d;
    let mut s = *state;
    round!(s, x, f, 0, [0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15], [3, 7, 11, 19]);
    round!(s, x, g, K2, [0 4 8 12 1 5 9 13 2 6 10 14 3 7 11 15], [3, 5, 9, 13]);
    round!(s, x, h, K3, [0 8 4 12 2 10 6 14 1 9 5 13 3 11 7 15], [3, 9, 11, 15]);
    for (word, done) in state.iter_mut().zip(s) {
        *word = word.wrapping_add(done);
    }
}
