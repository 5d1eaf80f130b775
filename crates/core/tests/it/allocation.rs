//! How much memory a piece of code takes.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// Runs `work` and says how many bytes its allocations held at once, at most, on this thread: what was held before and
/// what other threads do does not count.
///
/// A block that grows counts with its old or its new length, not with both: the allocator moves large blocks by mapping
/// them elsewhere.
pub(crate) fn peak<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let before = LIVE.get();
    let outer = PEAK.replace(before);
    let value = work();
    let peak = PEAK.get();
    PEAK.set(outer.max(peak));
    (value, usize::try_from(peak - before).expect("the peak is no less than the start"))
}

/// Runs `work` and says how many bytes fewer are held after it.
pub(crate) fn freed(work: impl FnOnce()) -> usize {
    let before = LIVE.get();
    work();
    usize::try_from(before - LIVE.get()).expect("no more is held than before")
}

thread_local! {
    /// Bytes that are allocated; below 0 when the thread frees what another one allocated.
    static LIVE: Cell<i64> = const { Cell::new(0) };
    static PEAK: Cell<i64> = const { Cell::new(0) };
}

/// The system's allocator, with a count a thread.
pub(crate) struct Counting;

impl Counting {
    fn count(grown: usize, shrunk: usize) {
        let change = i64::try_from(grown).unwrap_or(i64::MAX) - i64::try_from(shrunk).unwrap_or(i64::MAX);
        // While a thread ends its counters are gone; nothing is measured then.
        let _ = LIVE.try_with(|live| {
            live.set(live.get() + change);
            let _ = PEAK.try_with(|peak| peak.set(peak.get().max(live.get())));
        });
    }
}

// SAFETY: every call goes to `System` unchanged, and what it returns comes back unchanged. The counters are constant
// initialised cells without destructor: touching them allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise about `layout` is the one that `System` asks for.
        let block = unsafe { System.alloc(layout) };
        if !block.is_null() {
            Self::count(layout.size(), 0);
        }
        block
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: `block` came from `System` with this layout, as the caller promises of this allocator.
        unsafe { System.dealloc(block, layout) };
        Self::count(0, layout.size());
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: `block` came from `System` with this layout; the promise about `new_size` is the caller's.
        let moved = unsafe { System.realloc(block, layout, new_size) };
        if !moved.is_null() {
            Self::count(new_size, layout.size());
        }
        moved
    }
}

#[test]
fn what_is_held_at_once_is_counted() {
    let ((), peak_of_two) = peak(|| {
        drop(Vec::<u8>::with_capacity(1000));
        let grown = {
            let mut vec = Vec::<u8>::with_capacity(10);
            vec.reserve_exact(3000);
            vec
        };
        let other = Vec::<u8>::with_capacity(500);
        drop((grown, other));
    });
    assert_eq!(peak_of_two, 3500);
    let ((), elsewhere) = peak(|| {
        std::thread::spawn(|| drop(Vec::<u8>::with_capacity(1 << 20))).join().unwrap();
    });
    assert!(elsewhere < 1 << 16, "{elsewhere}");
}
