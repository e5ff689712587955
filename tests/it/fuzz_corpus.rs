//! What the fuzzer has ever stumbled over, and an example of each form, tried again without a fuzzer.

#[path = "../../fuzz/src/targets.rs"]
mod targets;

use std::path::Path;

#[test]
fn nothing_that_was_found_once_is_found_again() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus");
    for (name, target) in targets::TARGETS {
        let folder = corpus.join(name);
        let inputs =
            std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let mut tried = 0;
        for input in inputs {
            target(&std::fs::read(input.unwrap().path()).unwrap());
            tried += 1;
        }
        assert!(tried > 0, "{name} has no example");
    }
}
