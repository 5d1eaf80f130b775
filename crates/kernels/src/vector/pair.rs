//! Two vectors as one.

use super::Vector;

/// Twice the lanes: two chains of dependent steps fill a processor better than one.
#[derive(Clone, Copy)]
pub(crate) struct Pair<V>(V, V);

impl<V: Vector> Vector for Pair<V> {
    const COUNT: usize = 2 * V::COUNT;

    #[inline(always)]
    unsafe fn splat(word: u32) -> Self {
        // SAFETY: the caller vouches for the instructions of `V`.
        unsafe { Self(V::splat(word), V::splat(word)) }
    }

    #[inline(always)]
    unsafe fn transposed(messages: &[&[u8]], at: usize) -> [Self; 16] {
        let (front, back) = messages.split_at(V::COUNT);
        // SAFETY: the caller vouches for the instructions of `V`.
        let (front, back) = unsafe { (V::transposed(front, at), V::transposed(back, at)) };
        core::array::from_fn(|i| Self(front[i], back[i]))
    }

    #[inline(always)]
    fn store(self, words: &mut [u32]) {
        let (front, back) = words.split_at_mut(V::COUNT);
        self.0.store(front);
        self.1.store(back);
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(self.0.add(other.0), self.1.add(other.1))
    }

    #[inline(always)]
    fn and(self, other: Self) -> Self {
        Self(self.0.and(other.0), self.1.and(other.1))
    }

    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        Self(self.0.xor(other.0), self.1.xor(other.1))
    }

    #[inline(always)]
    fn rotate_left<const BITS: i32>(self) -> Self {
        Self(self.0.rotate_left::<BITS>(), self.1.rotate_left::<BITS>())
    }

    #[inline(always)]
    fn choose(self, ones: Self, zeros: Self) -> Self {
        Self(self.0.choose(ones.0, zeros.0), self.1.choose(ones.1, zeros.1))
    }

    #[inline(always)]
    fn majority(self, b: Self, c: Self) -> Self {
        Self(self.0.majority(b.0, c.0), self.1.majority(b.1, c.1))
    }

    #[inline(always)]
    fn parity(self, b: Self, c: Self) -> Self {
        Self(self.0.parity(b.0, c.0), self.1.parity(b.1, c.1))
    }
}
