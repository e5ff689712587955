//! `uniffi-bindgen generate LIBRARY --language kotlin --out-dir FOLDER`: the Kotlin side of the core's facade.

fn main() {
    uniffi::uniffi_bindgen_main();
}
