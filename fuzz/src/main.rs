//! One fuzzer for all targets: COUNTERSIGN_FUZZ_TARGET names which. One program instead of one for each, because linking
//! takes longer than a short run.
#![no_main]

mod targets;

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;

static TARGET: LazyLock<fn(&[u8])> = LazyLock::new(|| {
    let name = std::env::var("COUNTERSIGN_FUZZ_TARGET").unwrap_or_default();
    let known = targets::TARGETS.iter().find(|(known, _)| *known == name);
    known.unwrap_or_else(|| panic!("COUNTERSIGN_FUZZ_TARGET names no target: {name}")).1
});

fuzz_target!(|bytes: &[u8]| TARGET(bytes));
