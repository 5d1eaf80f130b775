//! Which instructions a kernel may use.

/// A token that says which instruction set the kernels use.
///
/// Only this module can make one, so holding it proves that the machine has the instructions: the proof that each
/// `unsafe` call of a kernel cites. A batch (many blocks, a chunk of positions) is dispatched once by it, never a byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Isa(pub(crate) Level);

/// The instruction sets for which there are kernels. A level that a family has no kernel for falls back to a lower one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Level {
    Portable,
    /// Part of every x86-64.
    #[cfg(target_arch = "x86_64")]
    Sse2,
    #[cfg(target_arch = "x86_64")]
    Sse41,
    /// With BMI2, which came with it.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// The foundation, with AVX2.
    #[cfg(target_arch = "x86_64")]
    Avx512,
    /// The same with products of bytes (VNNI).
    #[cfg(target_arch = "x86_64")]
    Avx512Vnni,
    /// Part of every aarch64.
    #[cfg(target_arch = "aarch64")]
    Neon,
}

/// Whether the machine has all of these; without `std`, whether it is built for one that has.
#[cfg(target_arch = "x86_64")]
macro_rules! has {
    ($($feature:tt)+) => {{
        #[cfg(feature = "std")]
        let has = $(std::arch::is_x86_feature_detected!($feature))&&+;
        #[cfg(not(feature = "std"))]
        let has = $(cfg!(target_feature = $feature))&&+;
        has
    }};
}

impl Isa {
    /// The best instruction set of this machine; no better than the one that the environment variable `ROLLSYNC_ISA`
    /// [names](Self::name), if it names one that this machine has (feature `std`). It is read once. (BLAKE2b of one
    /// message or below AVX2, and of two with AVX-512, is another crate's, which looks for itself.)
    #[must_use]
    pub fn detect() -> Self {
        #[cfg(feature = "std")]
        {
            static DETECTED: std::sync::OnceLock<Isa> = std::sync::OnceLock::new();
            *DETECTED.get_or_init(|| {
                let named = std::env::var_os("ROLLSYNC_ISA");
                let named = named.and_then(|name| Self::available().find(|isa| name == isa.name()));
                named.unwrap_or_else(Self::best)
            })
        }
        #[cfg(not(feature = "std"))]
        Self::best()
    }

    fn best() -> Self {
        Self::available().last().unwrap_or(Self::portable())
    }

    /// Plain Rust, there on every machine.
    #[must_use]
    pub const fn portable() -> Self {
        Self(Level::Portable)
    }

    /// Every instruction set that this machine has, from the portable one to the best.
    pub fn available() -> impl Iterator<Item = Self> {
        let levels = [
            (Level::Portable, true),
            #[cfg(target_arch = "x86_64")]
            (Level::Sse2, true),
            #[cfg(target_arch = "x86_64")]
            (Level::Sse41, has!("sse4.1")),
            #[cfg(target_arch = "x86_64")]
            (Level::Avx2, has!("avx2" "bmi2")),
            #[cfg(target_arch = "x86_64")]
            (Level::Avx512, has!("avx2" "bmi2" "avx512f")),
            #[cfg(target_arch = "x86_64")]
            (Level::Avx512Vnni, has!("avx2" "bmi2" "avx512f" "avx512vnni")),
            #[cfg(target_arch = "aarch64")]
            (Level::Neon, true),
        ];
        levels.into_iter().filter(|(_, there)| *there).map(|(level, _)| Self(level))
    }

    /// A short name for reports, such as `avx2`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self.0 {
            Level::Portable => "portable",
            #[cfg(target_arch = "x86_64")]
            Level::Sse2 => "sse2",
            #[cfg(target_arch = "x86_64")]
            Level::Sse41 => "sse4.1",
            #[cfg(target_arch = "x86_64")]
            Level::Avx2 => "avx2",
            #[cfg(target_arch = "x86_64")]
            Level::Avx512 => "avx512",
            #[cfg(target_arch = "x86_64")]
            Level::Avx512Vnni => "avx512vnni",
            #[cfg(target_arch = "aarch64")]
            Level::Neon => "neon",
        }
    }
}
