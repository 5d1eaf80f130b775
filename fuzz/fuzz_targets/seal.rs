#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| (rollsync_fuzz_targets::Target::named("seal").run)(data));
