//! Whether a window will prove to be a block, before it is hashed.

use super::batch::MAX;

/// How many at first.
const FIRST: usize = 4;
/// So many windows must have been the same in turn for the next one to be foreseen.
const SURE: i8 = 2;
const NOT_SURE: i8 = -SURE;

/// What speaks for a window that has the weak sum of a block, or against it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    /// The window right behind it has the weak sum of a block too, or it lies right behind a block itself. That speaks most
    /// for a block: where such windows are none, all are taken for such, and for none.
    Chained,
    /// Not so, but the block is one of those around the last one.
    Near,
    /// Nor that.
    Far,
    /// The bytes behind it have not arrived.
    Unclear,
}

/// What is foreseen of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Foreseen {
    sign: Sign,
    /// `None` when nobody can tell.
    pub(super) is_block: Option<bool>,
}

impl Foreseen {
    /// The same where it is known already whether the window is a block.
    pub(super) fn or_known(self, is_block: Option<bool>) -> Self {
        Self { is_block: is_block.or(self.is_block), ..self }
    }
}

/// Foresees by what became of windows with the same sign, and counts how often that was right.
#[derive(Clone, Copy, Debug)]
pub(super) struct Foresight {
    chained: Streak,
    near: Streak,
    far: Streak,
    trust: usize,
}

impl Foresight {
    pub(super) const fn new() -> Self {
        Self { chained: Streak(SURE), near: Streak(SURE), far: Streak(-SURE), trust: FIRST - 1 }
    }

    pub(super) const fn of(&self, sign: Sign) -> Foreseen {
        let is_block = match sign {
            Sign::Chained => self.chained.goes_on(),
            Sign::Near => self.near.goes_on(),
            Sign::Far => self.far.goes_on(),
            Sign::Unclear => None,
        };
        Foreseen { sign, is_block }
    }

    /// Whether both signs foretell the same.
    pub(super) fn is_the_same(&self, one: Sign, other: Sign) -> bool {
        self.of(one).is_block == self.of(other).is_block
    }

    /// How many more windows it is worth to hash with one: one more for each that was not foreseen wrongly, half as many
    /// after one that was.
    pub(super) const fn trust(&self) -> usize {
        self.trust
    }

    /// Learns what a window proved to be.
    pub(super) fn learn(&mut self, foreseen: Foreseen, is_block: bool) {
        match foreseen.sign {
            Sign::Chained => self.chained.add(is_block),
            Sign::Near => self.near.add(is_block),
            Sign::Far => self.far.add(is_block),
            Sign::Unclear => {}
        }
        self.trust = match foreseen.is_block {
            Some(foreseen) if foreseen != is_block => self.trust / 2,
            _ => (self.trust + 1).min(MAX - 1),
        };
    }
}

/// How many windows in turn were blocks; how many were none, where it is negative.
#[derive(Clone, Copy, Debug)]
struct Streak(i8);

impl Streak {
    fn add(&mut self, is_block: bool) {
        self.0 = if is_block { self.0.max(0).saturating_add(1) } else { self.0.min(0).saturating_sub(1) };
    }

    /// What the next one will be, where that is sure enough.
    const fn goes_on(self) -> Option<bool> {
        match self.0 {
            SURE.. => Some(true),
            i8::MIN..=NOT_SURE => Some(false),
            _ => None,
        }
    }
}
