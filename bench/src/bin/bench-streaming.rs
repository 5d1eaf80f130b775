//! What pushing costs: the jobs driven 64 KiB at a time beside our own functions over whole files.
//!
//! `bench-streaming ROUNDS OLD NEW FOLDER` takes turns in one process on one thread, whole, pushed, whole, pushed, and
//! writes its files to FOLDER. One line a round, with tabs between: operation, strong sum, block length, bytes (of the
//! basis for a signature, of the new file otherwise), then user and system time in microseconds, whole and pushed.

use std::process::ExitCode;

#[cfg(unix)]
#[path = "../cpu_clock.rs"]
mod cpu_clock;

#[cfg(unix)]
fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [rounds, old, new, folder] = &words[..] else {
        eprintln!("usage: bench-streaming ROUNDS OLD NEW FOLDER");
        return ExitCode::from(2);
    };
    match unix::run(rounds, old.as_ref(), new.as_ref(), folder.as_ref()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("bench-streaming: {why}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(not(unix))]
fn main() -> ExitCode {
    eprintln!("bench-streaming: only Unix says what a process has cost");
    ExitCode::FAILURE
}

#[cfg(unix)]
mod unix {
    use std::error::Error;
    use std::fs::{self, File};
    use std::io::{Read, Write};
    use std::os::unix::fs::FileExt;
    use std::path::{Path, PathBuf};

    use rollsync::{
        BlockLen, DeltaJob, DeltaOptions, Format, Input, Job, Limits, LoadJob, Options, OutputFile,
        OutputOptions, PatchJob, PatchStatus, Profile, SignatureIndex, SignatureJob, SignatureOptions,
        delta_file, patch_file, signature_file,
    };

    use crate::cpu_clock::cpu_micros;

    type Done = Result<(), Box<dyn Error>>;

    const PROFILE: Profile = Profile::Librsync234;
    /// What is pushed at once, and how much room is given for what comes out.
    const SLICE: usize = 64 << 10;
    const PAGE: usize = 4096;

    pub(super) fn run(rounds: &str, old: &Path, new: &Path, folder: &Path) -> Done {
        let rounds: usize = rounds.parse()?;
        let formats = [("BLAKE2", Format::RABIN_KARP_BLAKE2), ("MD4", Format::RABIN_KARP_MD4)];
        for (strong, format) in formats {
            for (block, block_len) in [("2 KiB", Some(BlockLen::new(2048)?)), ("default", None)] {
                let signature = SignatureOptions { format, block_len, ..SignatureOptions::default() };
                let work = Work { old, new, folder, signature };
                let label = format!("{strong}\t{block}");
                race(rounds, "signature", &label, old, |how| work.signature(how))?;
                race(rounds, "delta", &label, new, |how| work.delta(how))?;
                // A patch knows of no sums, and little of block lengths.
                if strong == "BLAKE2" {
                    race(rounds, "patch", &label, new, |how| work.patch(how))?;
                }
            }
        }
        Ok(())
    }

    #[derive(Clone, Copy, Debug)]
    enum How {
        Whole,
        Pushed,
    }

    /// A first turn of each is not counted: it warms the caches, and its outputs are compared.
    fn race(
        rounds: usize,
        operation: &str,
        label: &str,
        input: &Path,
        run: impl Fn(How) -> Result<PathBuf, Box<dyn Error>>,
    ) -> Done {
        let bytes = fs::metadata(input)?.len();
        if fs::read(run(How::Whole)?)? != fs::read(run(How::Pushed)?)? {
            return Err(format!("{operation}, {label}: the outputs differ").into());
        }
        for _ in 0..rounds {
            let mut cost = [0; 2];
            for (cost, how) in cost.iter_mut().zip([How::Whole, How::Pushed]) {
                let before = cpu_micros()?;
                run(how)?;
                *cost = cpu_micros()? - before;
            }
            println!("{operation}\t{label}\t{bytes}\t{}\t{}", cost[0], cost[1]);
        }
        Ok(())
    }

    struct Work<'a> {
        old: &'a Path,
        new: &'a Path,
        folder: &'a Path,
        signature: SignatureOptions,
    }

    impl Work<'_> {
        fn signature(&self, how: How) -> Result<PathBuf, Box<dyn Error>> {
            let output = self.output(how, "sig")?;
            match how {
                How::Whole => {
                    let mut options = Self::options().format(self.signature.format);
                    if let Some(block_len) = self.signature.block_len {
                        options = options.block_len(block_len);
                    }
                    signature_file(self.old, &output, &mut options)?;
                }
                How::Pushed => {
                    let basis = File::open(self.old)?;
                    let params = self.signature.resolve(Some(basis.metadata()?.len()))?;
                    push_to(&output, &mut SignatureJob::new(params), basis, None)?;
                }
            }
            Ok(output)
        }

        fn delta(&self, how: How) -> Result<PathBuf, Box<dyn Error>> {
            let (signature, output) = (self.path(how, "sig"), self.output(how, "delta")?);
            match how {
                How::Whole => {
                    delta_file(signature, self.new, &output, &mut Self::options())?;
                }
                How::Pushed => {
                    let mut loading = LoadJob::new();
                    push(&mut loading, File::open(signature)?, None, std::io::sink())?;
                    let signature = loading.into_signature().ok_or("a load job that is done has none")?;
                    let index = SignatureIndex::build(signature, &Limits::default())?;
                    let options = DeltaOptions { profile: PROFILE, ..DeltaOptions::default() };
                    let mut job = DeltaJob::new(&index, options);
                    push_to(&output, &mut job, File::open(self.new)?, None)?;
                }
            }
            Ok(output)
        }

        fn patch(&self, how: How) -> Result<PathBuf, Box<dyn Error>> {
            let (delta, output) = (self.path(how, "delta"), self.output(how, "new")?);
            match how {
                How::Whole => {
                    patch_file(self.old, delta, &output, &mut Self::options())?;
                }
                How::Pushed => {
                    let (basis, delta) = (File::open(self.old)?, File::open(delta)?);
                    push_to(&output, &mut PatchJob::new(), delta, Some(&basis))?;
                }
            }
            Ok(output)
        }

        fn options<'o>() -> Options<'o> {
            Options::new().profile(PROFILE).sync(false)
        }

        fn path(&self, how: How, kind: &str) -> PathBuf {
            self.folder.join(format!("{how:?}.{kind}"))
        }

        /// Every run writes a new file.
        fn output(&self, how: How, kind: &str) -> Result<PathBuf, Box<dyn Error>> {
            let path = self.path(how, kind);
            match fs::remove_file(&path) {
                Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(e.into()),
                _ => Ok(path),
            }
        }
    }

    /// Into the kind of file that the functions over whole files write.
    fn push_to<J: Job>(path: &Path, job: &mut J, input: File, basis: Option<&File>) -> Done {
        let mut output = OutputFile::create(path, &OutputOptions::default())?;
        push(job, input, basis, &mut output)?;
        Ok(output.commit()?)
    }

    /// The loop of a caller who has nothing but `step`.
    fn push<J: Job>(job: &mut J, mut input: File, basis: Option<&File>, mut output: impl Write) -> Done {
        let (mut slice, mut space) = (Pages::new(), Pages::new());
        let mut filled = 0;
        loop {
            let len = input.read(slice.bytes())?;
            let mut rest = &slice.bytes()[..len];
            loop {
                let offered = if len == 0 { Input::last(rest) } else { Input::more(rest) };
                let progress = job.step(offered, &mut space.bytes()[filled..]).map_err(Into::into)?;
                rest = &rest[progress.consumed..];
                filled += progress.produced;
                match progress.status.into() {
                    PatchStatus::NeedInput => break,
                    PatchStatus::Busy => {}
                    PatchStatus::NeedOutput => {
                        output.write_all(&space.bytes()[..filled])?;
                        filled = 0;
                    }
                    PatchStatus::NeedBasis(range) => {
                        let basis = basis.ok_or("only a patch asks for the basis")?;
                        let place = &mut space.bytes()[filled..][..range.len];
                        let len = basis.read_at(place, range.offset)?;
                        job.basis_copied(len);
                        filled += len;
                    }
                    PatchStatus::Done => return Ok(output.write_all(&space.bytes()[..filled])?),
                }
            }
        }
    }

    /// A slice that begins at a page: what reading into others costs is no matter of the jobs.
    struct Pages {
        memory: Vec<u8>,
        origin: usize,
    }

    impl Pages {
        fn new() -> Self {
            let memory = vec![0; SLICE + PAGE];
            let origin = memory.as_ptr().align_offset(PAGE).min(PAGE);
            Self { memory, origin }
        }

        fn bytes(&mut self) -> &mut [u8] {
            &mut self.memory[self.origin..][..SLICE]
        }
    }
}
