/// The 32-bit finaliser of `MurmurHash3`, a bijection that spreads a rollsum over an index.
pub fn mix32(value: u32) -> u32 {
    let mut h = value;
    h ^= h >> 16;
    h = h.wrapping_mul(0x85eb_ca6b);
    h ^= h >> 13;
    h = h.wrapping_mul(0xc2b2_ae35);
    h ^ h >> 16
}
