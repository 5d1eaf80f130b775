//! What the figures were taken on, in words that name no machine, and the speed of the kernels there.

use std::fs;

use super::tools::Tools;
use crate::process::{capture, command};

/// Instruction sets that matter to hashing and scanning.
const FLAGS: [&str; 9] =
    ["ssse3", "sse4_1", "avx2", "bmi2", "sha_ni", "avx512f", "avx512_vnni", "asimd", "sha3"];

/// Lines: machine, compiler, peers.
pub(super) fn describe(tools: &Tools) -> Result<Vec<String>, String> {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |name: &str| {
        let line = cpu.lines().find(|line| line.split(':').next().is_some_and(|key| key.trim() == name))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    let flags = field("flags").or_else(|| field("Features")).unwrap_or_default();
    let flags: Vec<&str> = flags.split_whitespace().filter(|flag| FLAGS.contains(flag)).collect();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let model = match (field("vendor_id"), field("cpu family"), field("model")) {
        (Some(vendor), Some(family), Some(model)) => format!("{vendor} family {family} model {model}, "),
        _ => String::new(),
    };
    let (system, architecture) = (std::env::consts::OS, std::env::consts::ARCH);
    let machine = format!("{model}{architecture}, {system}, {cores} cores; {}", flags.join(" "));
    let mut lines = vec![machine, capture(command("rustc").arg("--version"))?.trim().to_owned()];
    lines.push(format!("ours as `cargo xtask install` builds it, {}", tools.libc));
    lines.extend(tools.versions());
    Ok(lines)
}

/// One kernel with one instruction set, in MB/s of wall time.
pub(super) struct Kernel {
    pub(super) name: String,
    pub(super) isa: String,
    pub(super) median: String,
    pub(super) best: String,
}

pub(super) fn kernels(tools: &Tools) -> Result<Vec<Kernel>, String> {
    let printed = capture(&mut command(&tools.kernels))?;
    let kernel = |line: &str| {
        let mut words = line.split('\t').map(str::to_owned);
        Some(Kernel { name: words.next()?, isa: words.next()?, median: words.next()?, best: words.next()? })
    };
    printed.lines().map(|line| kernel(line).ok_or_else(|| format!("bench-kernels printed: {line}"))).collect()
}
