//! Where threads run.

/// The processors that the threads of one call were last seen on.
///
/// A system may let a new thread begin on the processor of the one that starts it, or wake one where another is at work, and leave both
/// there for 10 to 30 ms while another processor has nothing to do: kernels of small virtual machines do, and loading a signature
/// takes no longer. So a thread that begins or wakes where another was last seen asks for another place, and is free to be
/// moved from then on. Where the system places threads well, hardly any asks. The calling thread is its owner's and never asks.
#[derive(Debug)]
pub(super) struct Spread {
    has_room: bool,
    #[cfg(target_os = "linux")]
    places: linux::Places,
}

impl Spread {
    /// Of so many threads. The calling one is number 0.
    pub(super) fn new(threads: usize) -> Self {
        let spread = Self {
            has_room: threads <= processors(),
            #[cfg(target_os = "linux")]
            places: linux::Places::new(threads.max(1)),
        };
        spread.settle(0);
        spread
    }

    /// Whether there is a processor for each of them.
    pub(super) const fn has_room(&self) -> bool {
        self.has_room
    }

    /// This thread, which has this number, has begun or is awake again. Where nothing can be done it stays where it is.
    #[cfg_attr(not(target_os = "linux"), expect(unused_variables, reason = "nothing is known of places"))]
    pub(super) fn settle(&self, who: usize) {
        #[cfg(target_os = "linux")]
        if self.has_room {
            let _: bool = self.places.settle(who);
        }
    }
}

/// How many the calling thread may use; what a cgroup leaves of their time is another matter.
#[cfg(target_os = "linux")]
fn processors() -> usize {
    rustix::thread::sched_getaffinity(None).map_or(1, |allowed| allowed.count() as usize)
}

#[cfg(not(target_os = "linux"))]
fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

#[cfg(target_os = "linux")]
mod linux {
    use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
    use std::{
        fs,
        sync::atomic::{AtomicUsize, Ordering::Relaxed},
    };

    /// Each thread's processor.
    #[derive(Debug)]
    pub(super) struct Places(Vec<AtomicUsize>);

    /// No processor's number.
    const UNKNOWN: usize = usize::MAX;

    impl Places {
        pub(super) fn new(threads: usize) -> Self {
            Self((0..threads).map(|_| AtomicUsize::new(UNKNOWN)).collect())
        }

        /// Whether this thread has moved.
        pub(super) fn settle(&self, who: usize) -> bool {
            let place = here();
            let is_near = who > 0 && place.is_some_and(|place| self.others(who).any(|other| other == place));
            let moved = if is_near { self.move_away(who) } else { None };
            self.0[who].store(moved.or(place).unwrap_or(UNKNOWN), Relaxed);
            moved.is_some()
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
            let there = here();
            // Whoever changes in between what this thread may use is overruled, unless the system refuses what was allowed before.
            let _ = sched_setaffinity(None, &allowed);
            there
        }
    }

    /// The number of the processor that this thread is on, from field 39 of its `stat`. The system call for it would be had by way of the
    /// `vDSO`, whose header is not there under valgrind.
    fn here() -> Option<usize> {
        let stat = fs::read("/proc/thread-self/stat").ok()?;
        // The second field is a name in parentheses, with anything in it.
        let behind_name = stat.iter().rposition(|byte| *byte == b')')? + 1;
        let fields = str::from_utf8(&stat[behind_name..]).ok()?;
        fields.split_ascii_whitespace().nth(39 - 3)?.parse().ok()
    }

    #[cfg(test)]
    mod tests {
        use super::{super::Spread, Places, UNKNOWN, here};
        use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
        use std::{
            sync::atomic::{AtomicUsize, Ordering::Relaxed},
            thread,
        };

        /// Keeps this thread on one processor.
        fn stay(allowed: &CpuSet) -> (usize, CpuSet) {
            let mut only = CpuSet::new();
            let place = (0..CpuSet::MAX_CPU).rfind(|cpu| allowed.is_set(*cpu)).unwrap();
            only.set(place);
            sched_setaffinity(None, &only).unwrap();
            assert_eq!(here(), Some(place));
            (place, only)
        }

        /// What a test does to its thread is no other test's. The name is one that is hard to read.
        fn on_a_thread_of_its_own(test: fn()) {
            let named = thread::Builder::new().name("1) R 2 (3".into());
            named.spawn(test).unwrap().join().unwrap();
        }

        #[test]
        fn there_is_room_for_as_many_as_there_are_processors() {
            on_a_thread_of_its_own(|| {
                let count = sched_getaffinity(None).unwrap().count() as usize;
                assert_eq!([1, count, count + 1].map(|n| Spread::new(n).has_room()), [true, true, false]);
                stay(&sched_getaffinity(None).unwrap());
                assert_eq!([0, 1, 2].map(|n| Spread::new(n).has_room()), [true, true, false]);
            });
        }

        #[test]
        fn a_thread_moves_away_from_another_and_may_be_moved_again() {
            on_a_thread_of_its_own(|| {
                let allowed = sched_getaffinity(None).unwrap();
                let places = Places::new(2);
                let (place, _) = stay(&allowed);
                sched_setaffinity(None, &allowed).unwrap();
                places.0[0].store(place, Relaxed);
                let there = places.move_away(1);
                assert_eq!(there.is_some(), allowed.count() > 1);
                assert!(there.is_none_or(|there| there != place && allowed.is_set(there)));
                assert!(sched_getaffinity(None).unwrap() == allowed);
            });
        }

        /// A thread and others on all processors but one.
        fn crowd(allowed: &CpuSet, but: usize) -> Places {
            let all = (0..CpuSet::MAX_CPU).filter(|cpu| allowed.is_set(*cpu) && *cpu != but);
            Places([UNKNOWN, UNKNOWN].into_iter().chain(all).map(AtomicUsize::new).collect())
        }

        #[test]
        fn a_thread_stays_where_nobody_is_and_where_it_must() {
            on_a_thread_of_its_own(|| {
                let allowed = sched_getaffinity(None).unwrap();
                assert!(!Places::new(3).settle(1), "nobody is near");
                assert!(!crowd(&allowed, UNKNOWN).settle(1), "there is no place where nobody is");
                assert!(!crowd(&allowed, UNKNOWN).settle(0), "it is its owner's");
                let (place, only) = stay(&allowed);
                assert!(!crowd(&allowed, UNKNOWN).settle(1), "it may not");
                assert!(!crowd(&allowed, place).settle(1), "nobody is near");
                assert!(sched_getaffinity(None).unwrap() == only);
                // Its owner's thread stays where another is, though it may go elsewhere.
                sched_setaffinity(None, &allowed).unwrap();
                for other in (0..CpuSet::MAX_CPU).filter(|cpu| allowed.is_set(*cpu)) {
                    let places = Places::new(2);
                    places.0[1].store(other, Relaxed);
                    assert!(!places.settle(0));
                }
                assert!(sched_getaffinity(None).unwrap() == allowed);
            });
        }
    }
}
