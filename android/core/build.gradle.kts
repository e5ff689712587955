// :core: the generated bindings and the view models, in plain Kotlin. Nothing of Android, so that everything is tested on a JVM.
plugins {
    alias(libs.plugins.kotlin.jvm)
}

kotlin {
    jvmToolchain(17)
}

val repository = rootDir.parentFile
val bindings = layout.buildDirectory.dir("bindings")

// The bindings are written from the library itself, so they fit it; built for this computer, they are the same for phones.
val bindingsLibrary by tasks.registering(Exec::class) {
    workingDir = repository
    commandLine("cargo", "build", "-p", "countersign-library", "-p", "countersign-bindgen")
}

val generateBindings by tasks.registering(Exec::class) {
    dependsOn(bindingsLibrary)
    val built = File(System.getenv("CARGO_TARGET_DIR") ?: "$repository/target", "debug")
    val library = File(built, System.mapLibraryName("countersign_core"))
    inputs.file(library)
    inputs.file(File(repository, "uniffi.toml"))
    outputs.dir(bindings)
    workingDir = repository
    commandLine(
        File(built, "uniffi-bindgen").path,
        "generate",
        library.path,
        "--language",
        "kotlin",
        "--no-format",
        "--config",
        "uniffi.toml",
        "--out-dir",
        bindings.get().asFile.path,
    )
}

sourceSets {
    main {
        kotlin.srcDir(generateBindings)
    }
}

dependencies {
    api(libs.coroutines.core)
    // The app brings the same library as an Android archive, with the machine code for phones.
    compileOnly(libs.jna)
    testImplementation(libs.jna)
    testImplementation(libs.junit.jupiter)
    testImplementation(libs.kotlin.test)
}

// The tests want a server beside them: tests/shells/run starts it and names it in COUNTERSIGN_SHELL_PARTY.
tasks.test {
    useJUnitPlatform()
    dependsOn(bindingsLibrary)
    systemProperty("jna.library.path", System.getenv("CARGO_TARGET_DIR")?.let { "$it/debug" } ?: "$repository/target/debug")
}
