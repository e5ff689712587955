//! How the library is linked for Android, whoever calls the linker: equal functions once, and relocations packed in the form
//! that Android 6 and later read. What of SQLite is left out for all phones stands in `sqlite.flags`.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("android") {
        println!("cargo::rustc-link-arg-cdylib=-Wl,--icf=all");
        println!("cargo::rustc-link-arg-cdylib=-Wl,--pack-dyn-relocs=android");
    }
}
