//! Where threads run.

/// The processors that the threads of one call were last seen on.
///
/// A system may let a new thread begin on the processor of the one that starts it, or wake one where another is at work, and leave both
/// there for 10 to 30 ms while another processor has nothing to do: kernels of small virtual machines do, and loading a signature
/// takes no longer. So a thread that begins or wakes where another was last seen asks for another place, and is free to be
/// moved from then on. Where the system places threads well, none ever asks. The calling thread is its owner's and never asks.
#[derive(Debug)]
pub(super) struct Spread(#[cfg(target_os = "linux")] linux::Places);

impl Spread {
    /// Of so many threads. The calling one is number 0.
    #[cfg_attr(not(target_os = "linux"), expect(unused_variables, reason = "nothing is known of places"))]
    pub(super) fn new(threads: usize) -> Self {
        let spread = Self(
            #[cfg(target_os = "linux")]
            linux::Places::new(threads),
        );
        spread.settle(0);
        spread
    }

    /// This thread, which has this number, has begun or is awake again. Where nothing can be done it stays where it is.
    #[cfg_attr(not(target_os = "linux"), expect(unused_variables, reason = "nothing is known of places"))]
    pub(super) fn settle(&self, who: usize) {
        #[cfg(target_os = "linux")]
        self.0.settle(who);
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use rustix::thread::{CpuSet, sched_getaffinity, sched_getcpu, sched_setaffinity};
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

    /// Each thread's processor.
    #[derive(Debug)]
    pub(super) struct Places(Vec<AtomicUsize>);

    /// No processor's number.
    const UNKNOWN: usize = usize::MAX;

    impl Places {
        pub(super) fn new(threads: usize) -> Self {
            Self((0..threads).map(|_| AtomicUsize::new(UNKNOWN)).collect())
        }

        pub(super) fn settle(&self, who: usize) {
            let mut here = sched_getcpu();
            if who > 0 && self.others(who).any(|place| place == here) {
                here = self.move_away(who).unwrap_or(here);
            }
            self.0[who].store(here, Relaxed);
        }

        fn others(&self, who: usize) -> impl Iterator<Item = usize> {
            let others = self.0.iter().enumerate().filter(move |(other, _)| *other != who);
            others.map(|(_, place)| place.load(Relaxed))
        }

        /// Moves this thread to a processor where no other was seen, if it may use one; that one's number.
        fn move_away(&self, who: usize) -> Option<usize> {
            let allowed = sched_getaffinity(None).ok()?;
            let mut free = allowed;
            self.others(who).filter(|place| *place < CpuSet::MAX_CPU).for_each(|place| free.unset(place));
            if free.count() == 0 {
                return None;
            }
            sched_setaffinity(None, &free).ok()?;
            let there = sched_getcpu();
            // What was allowed a moment ago is, unless somebody has narrowed it down meanwhile; then that holds.
            let _ = sched_setaffinity(None, &allowed);
            Some(there)
        }
    }

    #[cfg(test)]
    mod tests {
        use super::{Places, UNKNOWN};
        use rustix::thread::{CpuSet, sched_getaffinity, sched_getcpu, sched_setaffinity};
        use std::{sync::atomic::Ordering::Relaxed, thread};

        /// Keeps this thread on the processor where it is.
        fn stay() -> (usize, CpuSet) {
            let mut only = CpuSet::new();
            only.set(sched_getcpu());
            sched_setaffinity(None, &only).unwrap();
            let here = sched_getcpu();
            assert!(only.is_set(here), "it is kept there");
            (here, only)
        }

        /// What a test does to its thread is no other test's.
        fn on_a_thread_of_its_own(test: fn()) {
            thread::spawn(test).join().unwrap();
        }

        #[test]
        fn a_thread_moves_away_from_another_and_may_be_moved_again() {
            on_a_thread_of_its_own(|| {
                let allowed = sched_getaffinity(None).unwrap();
                let places = Places::new(2);
                let (here, _) = stay();
                sched_setaffinity(None, &allowed).unwrap();
                places.0[0].store(here, Relaxed);
                let there = places.move_away(1);
                assert_eq!(there.is_some(), allowed.count() > 1);
                assert!(there.is_none_or(|there| there != here && allowed.is_set(there)));
                assert!(sched_getaffinity(None).unwrap() == allowed);
            });
        }

        #[test]
        fn a_thread_stays_where_nobody_is_and_where_it_must() {
            on_a_thread_of_its_own(|| {
                let (here, only) = stay();
                for others in [[UNKNOWN; 2], [here + 1, UNKNOWN], [UNKNOWN, here], [here, here]] {
                    let places = Places::new(3);
                    places.0[0].store(others[0], Relaxed);
                    places.0[2].store(others[1], Relaxed);
                    places.settle(1);
                    assert_eq!(places.0[1].load(Relaxed), here);
                    assert!(sched_getaffinity(None).unwrap() == only);
                }
            });
        }
    }
}
