"""The Gradle project, as far as it can be read without Gradle: every library has a version and is used, every file named is there."""

import re
import tomllib
import unittest

from resources import ANDROID, SOURCES, branding

SCRIPTS = {path: path.read_text(encoding="utf-8") for path in sorted(ANDROID.glob("*.kts")) + sorted(ANDROID.glob("*/*.kts"))}
CATALOGUE = tomllib.loads((ANDROID / "gradle/libs.versions.toml").read_text(encoding="utf-8"))


class Gradle(unittest.TestCase):
    def test_every_library_and_plugin_of_the_catalogue_is_used_and_no_other(self):
        text = "\n".join(SCRIPTS.values())
        used = set(re.findall(r"\blibs\.([a-z0-9.]+[a-z0-9])", text)) - {"versions.toml"}
        used = {name.removesuffix(".get") for name in used}
        there = {name.replace("-", ".") for name in CATALOGUE["libraries"]}
        there |= {"plugins." + name.replace("-", ".") for name in CATALOGUE["plugins"]}
        self.assertEqual(used, there)

    def test_versions_stand_in_the_catalogue_alone(self):
        referred = {entry["version"]["ref"] for kind in ("libraries", "plugins") for entry in CATALOGUE[kind].values() if "version" in entry}
        self.assertEqual(referred, set(CATALOGUE["versions"]))
        for path, text in SCRIPTS.items():
            self.assertNotRegex(text, r'"[\w.-]+:[\w.-]+:\d', str(path))

    def test_every_package_that_is_imported_is_of_a_library_that_is_named(self):
        # The first words of each library's packages. What Compose's parts bring with each other is theirs.
        brought = {
            "androidx.activity": "activity-compose", "androidx.biometric": "biometric", "androidx.camera": "camera-view",
            "androidx.compose": "compose-material3", "androidx.core": "core-ktx", "androidx.fragment": "fragment",
            "androidx.lifecycle": "lifecycle-runtime-compose", "com.google.firebase": "firebase-messaging",
            "org.unifiedpush": "unifiedpush-connector", "kotlinx.coroutines": "coroutines-android",
        }
        own = ("android.", "java.", "javax.", "kotlin.", "org.countersign.", "org.json.")
        for path in SOURCES.rglob("*.kt"):
            for name in re.findall(r"^import ([\w.]+)", path.read_text(encoding="utf-8"), re.MULTILINE):
                if name.startswith(own):
                    continue
                library = next((library for package, library in brought.items() if name.startswith(package + ".")), None)
                self.assertIn(library, CATALOGUE["libraries"], f"{path.name}: {name}")

    def test_the_branding_has_all_that_the_build_asks_of_it(self):
        asked = set(re.findall(r'brand\("([\w.]+)"\)', SCRIPTS[ANDROID / "app/build.gradle.kts"]))
        plain = {name for name in branding() if name.split(".")[0] not in ("string", "color", "bool")}
        self.assertEqual(asked, plain)

    def test_both_phones_build_the_core_with_the_same_flags(self):
        for text in (SCRIPTS[ANDROID / "app/build.gradle.kts"], (ANDROID.parent / "ios/build-xcframework").read_text(encoding="utf-8")):
            self.assertIn("core/library/sqlite.flags", text)
        flags = (ANDROID.parent / "core/library/sqlite.flags").read_text(encoding="utf-8").split()
        self.assertTrue(flags and all(re.fullmatch(r"-USQLITE_ENABLE_\w+", flag) for flag in flags), flags)

    def test_keys_come_from_the_environment(self):
        text = SCRIPTS[ANDROID / "app/build.gradle.kts"]
        for name in ("storePassword", "keyPassword", "keyAlias"):
            self.assertRegex(text, rf"{name} = System\.getenv\(")


if __name__ == "__main__":
    unittest.main()
