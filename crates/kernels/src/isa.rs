//! Which instructions a kernel may use.

/// A token that says which instruction set the kernels use.
///
/// Only this module can make one, so holding it proves that the machine has the instructions. A batch (many
/// blocks, a buffer of positions) is dispatched once by it, never a byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Isa(Level);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Level {
    Portable,
}

impl Isa {
    /// The best instruction set of this machine.
    #[must_use]
    pub fn detect() -> Self {
        Self::portable()
    }

    /// Plain Rust, there on every machine.
    #[must_use]
    pub const fn portable() -> Self {
        Self(Level::Portable)
    }

    /// Every instruction set that this machine has, the portable one first.
    pub fn available() -> impl Iterator<Item = Self> {
        [Self::portable()].into_iter()
    }

    /// A short name for reports, such as `portable`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self.0 {
            Level::Portable => "portable",
        }
    }
}
