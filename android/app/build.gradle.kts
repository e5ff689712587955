// :app: Compose screens and what only Android can do, over :core.
import java.util.Properties

plugins {
    alias(libs.plugins.android.application)
    alias(libs.plugins.kotlin.android)
    alias(libs.plugins.kotlin.compose)
}

val branding = Properties().apply { rootProject.file("branding.properties").reader().use(::load) }

fun brand(name: String): String = branding.getProperty(name, "")

android {
    namespace = "org.countersign.app"
    compileSdk = 36

    defaultConfig {
        applicationId = brand("applicationId")
        minSdk = 26
        targetSdk = 36
        versionCode = brand("versionCode").toInt()
        versionName = brand("versionName")
        manifestPlaceholders["linkHost"] = brand("linkHost")
        for ((key, value) in branding) {
            val kind = key.toString().substringBefore('.')
            if (kind in setOf("string", "color", "bool")) resValue(kind, key.toString().substringAfter('.'), value.toString())
        }
        ndk {
            abiFilters += listOf("arm64-v8a", "armeabi-v7a", "x86_64")
        }
    }

    // Two apps from the same code: one is woken by Google's push service, the other by whichever the person chose.
    flavorDimensions += "push"
    productFlavors {
        create("google") {
            dimension = "push"
        }
        create("open") {
            dimension = "push"
            applicationIdSuffix = ".open"
        }
    }

    sourceSets["main"].jniLibs.srcDir(layout.buildDirectory.dir("rust"))
    brand("icon.resources").takeIf { it.isNotEmpty() }?.let { sourceSets["main"].res.srcDir(rootProject.file(it)) }

    signingConfigs {
        create("release") {
            // No key is kept beside the code. Without one the release is built and left unsigned.
            System.getenv("COUNTERSIGN_KEYSTORE")?.let { path ->
                storeFile = file(path)
                storePassword = System.getenv("COUNTERSIGN_KEYSTORE_PASSWORD")
                keyAlias = System.getenv("COUNTERSIGN_KEY_ALIAS")
                keyPassword = System.getenv("COUNTERSIGN_KEY_PASSWORD")
            }
        }
    }

    buildTypes {
        release {
            isMinifyEnabled = true
            isShrinkResources = true
            proguardFiles(getDefaultProguardFile("proguard-android-optimize.txt"), "rules.pro")
            signingConfig = signingConfigs["release"].takeIf { it.storeFile != null }
        }
    }

    buildFeatures {
        compose = true
        resValues = true
    }

    androidResources {
        // Which languages there are is written by hand in res/xml/languages.xml.
        localeFilters += listOf("en", "ar")
    }

    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }

    lint {
        warningsAsErrors = true
        checkDependencies = true
    }
}

kotlin {
    jvmToolchain(17)
}

// The core for each kind of processor, by cargo-ndk. `mobile` is the profile in the root Cargo.toml.
val cargoNdk by tasks.registering(Exec::class) {
    val out = layout.buildDirectory.dir("rust")
    outputs.dir(out)
    // cargo knows best whether there is anything to do.
    outputs.upToDateWhen { false }
    workingDir = rootDir.parentFile
    // Searches of text and geometry, which the vault has none of. How it is linked stands in core/library/build.rs.
    environment("LIBSQLITE3_FLAGS", File(workingDir, "core/library/sqlite.flags").readText().trim())
    val targets = listOf("arm64-v8a", "armeabi-v7a", "x86_64").flatMap { listOf("-t", it) }
    commandLine(
        listOf("cargo", "ndk", "--platform", "26") + targets +
            listOf("-o", out.get().asFile.path, "build", "--profile", "mobile", "-p", "countersign-library"),
    )
}

tasks.named("preBuild") { dependsOn(cargoNdk) }

dependencies {
    implementation(project(":core"))
    implementation("${libs.jna.get()}@aar")
    implementation(platform(libs.compose.bom))
    implementation(libs.activity.compose)
    implementation(libs.biometric)
    implementation(libs.camera.camera2)
    implementation(libs.camera.lifecycle)
    implementation(libs.camera.view)
    implementation(libs.compose.material3)
    implementation(libs.compose.ui)
    implementation(libs.core.ktx)
    implementation(libs.coroutines.android)
    implementation(libs.fragment)
    implementation(libs.lifecycle.runtime.compose)
    "googleImplementation"(libs.firebase.messaging)
    "openImplementation"(libs.unifiedpush.connector)
}
