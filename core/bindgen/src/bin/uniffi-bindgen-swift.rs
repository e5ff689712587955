//! `uniffi-bindgen-swift --swift-sources LIBRARY FOLDER`: the Swift side of the core's facade.

fn main() {
    uniffi::uniffi_bindgen_swift();
}
