//! What the fuzzer has ever stumbled over, and an example of each form, tried again without a fuzzer.

#[path = "../../fuzz/src/targets.rs"]
mod targets;

use std::path::Path;
use std::time::{Duration, Instant};

#[test]
fn nothing_that_was_found_once_is_found_again() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus");
    for (name, target) in targets::TARGETS {
        let folder = corpus.join(name);
        let inputs = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let mut tried = 0;
        for input in inputs {
            let path = input.unwrap().path();
            let began = Instant::now();
            target(&std::fs::read(&path).unwrap());
            assert!(began.elapsed() < Duration::from_secs(30), "{} takes too long", path.display());
            tried += 1;
        }
        assert!(tried > 0, "{name} has no example");
    }
}
