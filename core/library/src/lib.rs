//! The core with its facade, as the one library that the phone apps carry. A crate of its own, because cargo gives files of
//! a crate that is both kinds of library no names of their own, and each build with other features overwrites them.

countersign_core::uniffi_reexport_scaffolding!();
