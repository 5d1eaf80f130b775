//! Threads that share work with the one that called them.

use super::spread::Spread;
use std::{
    collections::{BTreeMap, VecDeque},
    hint::spin_loop,
    panic::resume_unwind,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

/// So long a thread waits before it is put to sleep, where no other needs its processor.
const AWAKE: Duration = Duration::from_micros(100);

/// Pieces up to this length are short.
const SHORT: usize = 1 << 20;

/// Pieces of work, numbered from 0 on, which are handed out in order and taken back in any. Whoever waits for one works
/// on others: with so many threads as there are processors, none of them waits for a turn, and few are put to sleep.
pub(super) struct Crew<'w, W, R> {
    threads: usize,
    spread: Spread,
    /// Is told who works, too: threads are numbered, the calling one is 0.
    work: &'w (dyn Fn(usize, W) -> R + Sync),
    desk: Mutex<Desk<W, R>>,
    /// There is work, or none is left to come.
    given: Condvar,
    /// Work is done, or was left.
    done: Condvar,
}

struct Desk<W, R> {
    waiting: VecDeque<(u64, W)>,
    /// How many are being worked on.
    begun: usize,
    done: BTreeMap<u64, R>,
    number: u64,
    /// The others are given no more, and leave when nothing waits.
    is_closed: bool,
}

impl<W: Send, R: Send> Crew<'_, W, R> {
    /// Runs `lead` on this thread and `threads - 1` others beside it, as far as the system lets them start. They have
    /// ended when this returns.
    pub(super) fn with<T>(
        threads: usize,
        work: &(dyn Fn(usize, W) -> R + Sync),
        lead: impl FnOnce(&Crew<'_, W, R>) -> T,
    ) -> T {
        let desk =
            Desk { waiting: VecDeque::new(), begun: 0, done: BTreeMap::new(), number: 0, is_closed: false };
        let (spread, desk) = (Spread::new(threads), Mutex::new(desk));
        let crew = &Crew { threads, spread, work, desk, given: Condvar::new(), done: Condvar::new() };
        thread::scope(|scope| {
            let serve = move |who| {
                crew.spread.settle(who);
                crew.serve(who);
            };
            let start = |who| thread::Builder::new().spawn_scoped(scope, move || serve(who)).ok();
            let threads: Vec<_> = (1..threads).map_while(start).collect();
            // Those that began where this thread is can only go elsewhere when it is their turn.
            thread::yield_now();
            let closing = Closing(crew);
            let led = lead(crew);
            drop(closing);
            // A scope waits for what threads do, but not for their end; a caller may be about to unload this code.
            for thread in threads {
                thread.join().unwrap_or_else(|panic| resume_unwind(panic));
            }
            led
        })
    }

    /// How many pieces of such a length should be under way: one for each thread, and some that wait for it, so that none runs out of
    /// them while the calling one works on one that takes longer. Of long ones fewer, for they take memory.
    pub(super) const fn depth(&self, piece_len: usize) -> usize {
        self.threads + if piece_len <= SHORT { 4 } else { 2 }
    }

    /// Hands out a piece of work; its number.
    pub(super) fn give(&self, piece: W) -> u64 {
        let mut desk = self.desk();
        let number = desk.number;
        desk.number += 1;
        desk.waiting.push_back((number, piece));
        self.given.notify_one();
        number
    }

    /// Lets the others end as soon as nothing waits, so that nobody has to wait for their end when all is done. What is given from now
    /// on is most likely left to this thread.
    pub(super) fn close(&self) {
        let mut desk = self.desk();
        if !desk.is_closed {
            desk.is_closed = true;
            self.given.notify_all();
        }
    }

    /// Takes a piece back that nobody has begun; whether there was one.
    pub(super) fn withdraw(&self, number: u64) -> bool {
        let waiting = &mut self.desk().waiting;
        let at = waiting.iter().position(|(waiting, _)| *waiting == number);
        at.and_then(|at| waiting.remove(at)).is_some()
    }

    /// What came of a piece that was handed out and not taken back before. None when the thread that had it has
    /// panicked, which is passed on when all have ended.
    pub(super) fn take(&self, number: u64) -> Option<R> {
        let mut desk = self.desk();
        loop {
            if let Some(result) = desk.done.remove(&number) {
                return Some(result);
            }
            desk = match desk.waiting.pop_front() {
                Some(piece) => self.work_on(desk, 0, piece),
                None if desk.begun == 0 => return None,
                None => {
                    self.wait(0, desk, &self.done, |desk| desk.done.contains_key(&number) || desk.begun == 0)
                }
            };
        }
    }

    fn serve(&self, who: usize) {
        let mut desk = self.desk();
        loop {
            desk = match desk.waiting.pop_front() {
                Some(piece) => self.work_on(desk, who, piece),
                None if desk.is_closed => return,
                None => self.wait(who, desk, &self.given, |desk| desk.is_closed || !desk.waiting.is_empty()),
            };
        }
    }

    /// Waits for something to do, for a while without being put to sleep: that takes longer than most waits, and a system may wake a
    /// thread where another is at work.
    fn wait<'d>(
        &'d self,
        who: usize,
        mut desk: MutexGuard<'d, Desk<W, R>>,
        sign: &Condvar,
        is_there: impl Fn(&Desk<W, R>) -> bool,
    ) -> MutexGuard<'d, Desk<W, R>> {
        let begun = Instant::now();
        while self.spread.has_room() && begun.elapsed() < AWAKE {
            drop(desk);
            for _ in 0..64 {
                spin_loop();
            }
            desk = self.desk();
            if is_there(&desk) {
                return desk;
            }
        }
        let desk = sign.wait(desk).unwrap_or_else(PoisonError::into_inner);
        if desk.is_closed {
            return desk;
        }
        drop(desk);
        self.spread.settle(who);
        self.desk()
    }

    fn work_on<'d>(
        &'d self,
        mut desk: MutexGuard<'d, Desk<W, R>>,
        who: usize,
        (number, piece): (u64, W),
    ) -> MutexGuard<'d, Desk<W, R>> {
        desk.begun += 1;
        drop(desk);
        let leaving = Leaving(self);
        let result = (self.work)(who, piece);
        let mut desk = self.desk();
        desk.done.insert(number, result);
        drop(desk);
        drop(leaving);
        self.desk()
    }

    fn desk(&self) -> MutexGuard<'_, Desk<W, R>> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whoever is at work leaves it, done or by a panic.
struct Leaving<'c, 'w, W: Send, R: Send>(&'c Crew<'w, W, R>);

impl<W: Send, R: Send> Drop for Leaving<'_, '_, W, R> {
    fn drop(&mut self) {
        self.0.desk().begun -= 1;
        self.0.done.notify_one();
    }
}

/// The caller leaves, done or by a panic: the others stop when their piece is done, whatever waits.
struct Closing<'c, 'w, W: Send, R: Send>(&'c Crew<'w, W, R>);

impl<W: Send, R: Send> Drop for Closing<'_, '_, W, R> {
    fn drop(&mut self) {
        self.0.desk().waiting.clear();
        self.0.close();
    }
}

#[cfg(test)]
mod tests {
    use super::Crew;
    use std::{
        panic::{AssertUnwindSafe, catch_unwind},
        sync::{
            Barrier,
            atomic::{AtomicUsize, Ordering::Relaxed},
        },
        thread,
        time::{Duration, Instant},
    };

    #[test]
    fn pieces_come_back_by_their_numbers() {
        for threads in [1, 2, 5] {
            let squares = Crew::with(threads, &|_, n: u64| n * n, |crew| {
                let numbers: Vec<u64> = (0..100).map(|n| crew.give(n)).collect();
                numbers.into_iter().rev().map(|number| crew.take(number).unwrap()).collect::<Vec<_>>()
            });
            assert_eq!(squares, (0..100).rev().map(|n| n * n).collect::<Vec<_>>());
        }
    }

    #[test]
    fn what_is_not_taken_back_is_dropped() {
        let piece = std::sync::Arc::new(());
        Crew::with(3, &|_, piece: std::sync::Arc<()>| piece, |crew| {
            for _ in 0..50 {
                crew.give(piece.clone());
            }
            crew.take(0).unwrap();
        });
        assert_eq!(std::sync::Arc::strong_count(&piece), 1);
    }

    #[test]
    fn what_nobody_has_begun_can_be_taken_back() {
        Crew::with(1, &|_, n: u64| n, |crew| {
            let numbers: Vec<u64> = (0..3).map(|n| crew.give(n)).collect();
            assert!(crew.withdraw(numbers[1]));
            assert!(!crew.withdraw(numbers[1]));
            assert_eq!([0, 2].map(|i| crew.take(numbers[i])), [Some(0), Some(2)]);
            assert!(!crew.withdraw(numbers[2]));
        });
    }

    #[test]
    fn what_is_given_behind_the_close_is_done_too() {
        for threads in [1, 2, 5] {
            let squares = Crew::with(threads, &|_, n: u64| n * n, |crew| {
                let before: Vec<u64> = (0..50).map(|n| crew.give(n)).collect();
                crew.close();
                let behind: Vec<u64> = (50..100).map(|n| crew.give(n)).collect();
                let numbers = before.into_iter().chain(behind);
                numbers.map(|number| crew.take(number).unwrap()).collect::<Vec<_>>()
            });
            assert_eq!(squares, (0..100).map(|n| n * n).collect::<Vec<_>>());
        }
    }

    /// Counts the threads that have ended, of those that have worked.
    #[test]
    fn the_others_end_behind_the_close() {
        static ENDED: AtomicUsize = AtomicUsize::new(0);
        struct Working;
        impl Drop for Working {
            fn drop(&mut self) {
                ENDED.fetch_add(1, Relaxed);
            }
        }
        thread_local!(static WORKING: Working = const { Working });
        let everybody = Barrier::new(3);
        let work = |_, ()| {
            WORKING.with(|_| ());
            everybody.wait();
        };
        Crew::with(3, &work, |crew| {
            let numbers = [(); 3].map(|()| crew.give(()));
            crew.close();
            numbers.into_iter().for_each(|number| crew.take(number).unwrap());
            let begun = Instant::now();
            while ENDED.load(Relaxed) < 2 {
                assert!(begun.elapsed() < Duration::from_secs(60), "they wait for more");
                thread::yield_now();
            }
        });
    }

    #[test]
    fn a_panic_is_passed_on_and_nobody_waits_for_it() {
        for threads in [1, 2, 3] {
            let work = |_, n: u64| assert_ne!(n, 3, "three");
            let run = || {
                Crew::with(threads, &work, |crew| {
                    let numbers: Vec<u64> = (0..10).map(|n| crew.give(n)).collect();
                    numbers.into_iter().filter_map(|number| crew.take(number)).count()
                })
            };
            let panic = catch_unwind(AssertUnwindSafe(run)).unwrap_err();
            assert!(panic.downcast_ref::<String>().is_some_and(|text| text.contains("three")));
        }
    }
}
