//! Who takes part in a race, and by which commands.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::tools::Tools;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    /// Our `rdiff` with one thread, in the profile that the floors hold for.
    Ours,
    /// The same with two threads.
    OursTwoThreads,
    /// Two processes of one thread at once.
    OursTwice,
    /// One thread, in the profile that bounds the work of hostile pairs.
    OursCompact,
    /// Our `rollsync`, without waiting for the disk.
    Rollsync,
    Rdiff,
    FastRsync,
    Rsync,
    Cp,
    /// A C program on our `librsync.so.2`, one thread, with the installed one's deltas.
    OursInC,
    /// The same on the installed one.
    LibrsyncInC,
}

impl Who {
    pub(super) fn name(self) -> &'static str {
        match self {
            Who::Ours => "rollsync's rdiff",
            Who::OursTwoThreads => "rollsync's rdiff, two threads",
            Who::OursTwice => "rollsync's rdiff, two processes",
            Who::OursCompact => "rollsync's rdiff, compact",
            Who::Rollsync => "rollsync",
            Who::Rdiff => "rdiff",
            Who::FastRsync => "fast_rsync",
            Who::Rsync => "rsync",
            Who::Cp => "cp",
            Who::OursInC => "a C program on rollsync's library",
            Who::LibrsyncInC => "a C program on librsync",
        }
    }

    pub(super) fn environment(self) -> Vec<(&'static str, &'static str)> {
        let (threads, profile) = match self {
            Who::Ours | Who::OursTwice => ("1", "librsync-2.3.4"),
            Who::OursTwoThreads => ("2", "librsync-2.3.4"),
            Who::OursCompact | Who::Rollsync => ("1", "compact"),
            Who::OursInC => ("1", "librsync-2.3.2"),
            _ => return Vec::new(),
        };
        vec![("ROLLSYNC_THREADS", threads), ("ROLLSYNC_PROFILE", profile)]
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Strong {
    Blake2,
    Md4,
}

impl Strong {
    pub(super) fn name(self) -> &'static str {
        match self {
            Strong::Blake2 => "BLAKE2",
            Strong::Md4 => "MD4",
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Block {
    TwoKib,
    /// What librsync recommends for the basis.
    Default,
}

impl Block {
    pub(super) fn name(self) -> &'static str {
        match self {
            Block::TwoKib => "2 KiB",
            Block::Default => "default",
        }
    }
}

/// The files of one pair, and where the outputs go.
pub(super) struct Files {
    pub(super) old: PathBuf,
    pub(super) new: PathBuf,
    pub(super) work: PathBuf,
}

impl Files {
    /// One place for each who, each kind of output and each format.
    pub(super) fn output(&self, who: Who, kind: &str, strong: Strong, block: Block) -> PathBuf {
        self.work.join(format!("{who:?}.{}.{}.{kind}", strong.name(), block.name().replace(' ', "-")))
    }
}

/// One participant: steps that are measured together.
pub(super) struct Runner {
    pub(super) who: Who,
    /// One after another, unless they are done [at once](Self::at_once).
    pub(super) steps: Vec<Vec<OsString>>,
    pub(super) outputs: Vec<PathBuf>,
    pub(super) at_once: bool,
    /// A copy made before each run, not measured.
    pub(super) before: Option<(PathBuf, PathBuf)>,
    /// Where the loader looks for libraries first.
    pub(super) library: Option<PathBuf>,
}

impl Runner {
    pub(super) fn new(who: Who, steps: Vec<Vec<OsString>>, outputs: Vec<PathBuf>) -> Self {
        Self { who, steps, outputs, at_once: false, before: None, library: None }
    }

    /// The one step of another's, by two processes at once. Each has an output of its own, which the step names last.
    pub(super) fn twice(self) -> Self {
        let (step, output) = (&self.steps[0], &self.outputs[0]);
        assert!(self.steps.len() == 1 && step.last() == Some(&output.clone().into()), "one step, one output");
        assert!(self.before.is_none() && self.library.is_none(), "nothing that would be lost");
        let outputs = ["1", "2"].map(|number| output.with_extension(number)).to_vec();
        let steps = outputs.iter().map(|output| with(step[..step.len() - 1].to_vec(), &[output])).collect();
        Self { at_once: true, ..Self::new(Who::OursTwice, steps, outputs) }
    }

    /// `block_len` is what the default block length comes to, for those who have no default.
    pub(super) fn signature(
        tools: &Tools,
        files: &Files,
        who: Who,
        strong: Strong,
        block: Block,
        block_len: u32,
    ) -> Self {
        let output = files.output(who, "sig", strong, block);
        let step = match who {
            Who::FastRsync => words(&tools.fast_rsync, &["signature", &block_len.to_string()]),
            Who::Rollsync => words(&tools.rollsync, &["signature", "--quiet", "--no-sync", "-o"]),
            _ => {
                let mut step = words(rdiff(tools, who), &["-H", &strong.name().to_lowercase()]);
                if block == Block::TwoKib {
                    step.extend(["-b", "2048"].map(OsString::from));
                }
                step.push("signature".into());
                step
            }
        };
        let files: [&Path; 2] =
            if who == Who::Rollsync { [&output, &files.old] } else { [&files.old, &output] };
        Self::new(who, vec![with(step, &files)], vec![output])
    }

    pub(super) fn delta(tools: &Tools, files: &Files, who: Who, strong: Strong, block: Block) -> Self {
        // Threads and profiles don't change a signature.
        let signer = if who.is_ours() { Who::Ours } else { who };
        let signature = files.output(signer, "sig", strong, block);
        let output = files.output(who, "delta", strong, block);
        let step = match who {
            Who::FastRsync => with(words(&tools.fast_rsync, &["delta"]), &[&signature, &files.new, &output]),
            Who::Rollsync => with(
                words(&tools.rollsync, &["delta", "--quiet", "--no-sync", "-o"]),
                &[&output, &signature, &files.new],
            ),
            _ => with(words(rdiff(tools, who), &["delta"]), &[&signature, &files.new, &output]),
        };
        Self::new(who, vec![step], vec![output])
    }

    pub(super) fn patch(tools: &Tools, files: &Files, who: Who, strong: Strong, block: Block) -> Self {
        let delta = files.output(who, "delta", strong, block);
        let output = files.output(who, "new", strong, block);
        let step = match who {
            Who::Cp => with(words("cp", &[]), &[&files.new, &output]),
            Who::FastRsync => with(words(&tools.fast_rsync, &["patch"]), &[&files.old, &delta, &output]),
            Who::Rollsync => with(
                words(&tools.rollsync, &["patch", "--quiet", "--no-sync", "-o"]),
                &[&output, &files.old, &delta],
            ),
            _ => with(words(rdiff(tools, who), &["patch"]), &[&files.old, &delta, &output]),
        };
        Self::new(who, vec![step], vec![output])
    }

    /// Signature, delta and patch, as one.
    pub(super) fn whole(tools: &Tools, files: &Files, who: Who) -> Self {
        let (strong, block) = (Strong::Blake2, Block::TwoKib);
        if who == Who::Rsync {
            return Self::rsync(files);
        }
        let parts = [
            Self::signature(tools, files, who, strong, block, 2048),
            Self::delta(tools, files, who, strong, block),
            Self::patch(tools, files, who, strong, block),
        ];
        let (mut steps, mut outputs) = (Vec::new(), Vec::new());
        for part in parts {
            steps.extend(part.steps);
            outputs.extend(part.outputs);
        }
        Self::new(who, steps, outputs)
    }

    /// A local sync that may not take the short cut of local syncs. It writes a new file beside the old one and renames
    /// it, as a sync over a network does.
    fn rsync(files: &Files) -> Self {
        let output = files.output(Who::Rsync, "new", Strong::Blake2, Block::TwoKib);
        let options = ["--no-whole-file", "--ignore-times", "--block-size=2048"];
        let step = with(words("rsync", &options), &[&files.new, &output]);
        let before = Some((files.old.clone(), output.clone()));
        Self { before, ..Self::new(Who::Rsync, vec![step], vec![output]) }
    }
}

impl Who {
    pub(super) fn is_ours(self) -> bool {
        matches!(self, Who::Ours | Who::OursTwoThreads | Who::OursTwice | Who::OursCompact)
    }
}

fn rdiff(tools: &Tools, who: Who) -> &Path {
    if who == Who::Rdiff { Path::new("rdiff") } else { &tools.rdiff }
}

pub(super) fn words(program: impl AsRef<Path>, words: &[&str]) -> Vec<OsString> {
    let program = program.as_ref().as_os_str().to_owned();
    std::iter::once(program).chain(words.iter().map(OsString::from)).collect()
}

pub(super) fn with(mut step: Vec<OsString>, files: &[&Path]) -> Vec<OsString> {
    step.extend(files.iter().map(|file| file.as_os_str().to_owned()));
    step
}
