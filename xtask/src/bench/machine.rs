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
    let field = |name: &str| field(&cpu, name);
    let flags = field("flags").or_else(|| field("Features")).unwrap_or_default();
    let flags: Vec<&str> = flags.split_whitespace().filter(|flag| FLAGS.contains(flag)).collect();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let model = model(&cpu)
        .map(|[vendor, family, model]| format!("{vendor} family {family} model {model}, "))
        .unwrap_or_default();
    let (system, architecture) = (std::env::consts::OS, std::env::consts::ARCH);
    let machine = format!("{model}{architecture}, {system}, {cores} cores; {}", flags.join(" "));
    let mut lines = vec![machine, capture(command("rustc").arg("--version"))?.trim().to_owned()];
    lines.push(format!("ours as `cargo xtask install` builds it, {}", tools.libc));
    lines.extend(tools.versions());
    Ok(lines)
}

/// The processor as part of a file's name: `authenticamd-25-1`, or the architecture where it tells no more.
pub(super) fn processor() -> String {
    name_of(&fs::read_to_string("/proc/cpuinfo").unwrap_or_default())
}

fn name_of(cpu: &str) -> String {
    let name = model(cpu).map_or_else(|| std::env::consts::ARCH.to_owned(), |model| model.join("-"));
    name.to_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "-")
}

/// Vendor, family and model.
fn model(cpu: &str) -> Option<[String; 3]> {
    Some([field(cpu, "vendor_id")?, field(cpu, "cpu family")?, field(cpu, "model")?])
}

fn field(cpu: &str, name: &str) -> Option<String> {
    let line = cpu.lines().find(|line| line.split(':').next().is_some_and(|key| key.trim() == name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
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

#[cfg(test)]
mod tests {
    use super::name_of;

    #[test]
    fn a_processor_is_named_as_files_may_be() {
        let cpu =
            "processor\t: 0\nvendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t\t: 1\nmodel name\t: A/B\n";
        assert_eq!(name_of(cpu), "authenticamd-25-1");
        assert_eq!(name_of("BogoMIPS: 50"), std::env::consts::ARCH.replace('_', "-"));
    }
}
