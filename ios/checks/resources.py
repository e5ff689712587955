#!/usr/bin/env python3
"""Checks what Xcode would only find out on a Mac, or nobody: the catalogue of words, the property lists, the project's
description, and that the brand stands in one file.

Usage: ios/checks/resources.py
"""

import json
import pathlib
import plistlib
import re
import unittest
import xml.etree.ElementTree

IOS = pathlib.Path(__file__).resolve().parents[1]
ANDROID = IOS.parent / "android/app/src/main/res/values/strings.xml"
CATALOGUES = [IOS / "Sources/UI/Resources/Localizable.xcstrings", IOS / "App/InfoPlist.xcstrings"]
PLISTS = sorted([*IOS.glob("*/*.plist"), *IOS.glob("*/*.entitlements"), *IOS.glob("*/*.xcprivacy")])
LANGUAGES = {"en", "ar"}

# What one of the phones has, and the other has not.
ANDROID_ONLY = {
    "notice_channel", "notice_channel_text", "notice_denied", "notice_not_denied", "notice_open", "scan_camera_gone",
    "settings_backup_folder", "settings_backup_trouble", "settings_push_choose", "tile_codes", "prompt_wrap",
}
IOS_ONLY = {"cover_recorded", "settings_backup_place"}

# What shows a text to the person: its first argument, or the one behind the label, must come from the catalogue.
SHOWS = re.compile(
    r"\b(?:Text|Button|Label|Toggle|TextField|SecureField|Section|Picker|Fact|Notice|ProgressView|SecretForm"
    r"|NewPasswordForm|ConfirmedButton|DigitsField|LabeledContent)\(\s*(?:(?:label|text|action|value):\s*)?\""
    r"|\.(?:navigationTitle|accessibilityLabel|accessibilityHint|accessibilityValue|searchable|alert|confirmationDialog"
    r"|configurationDisplayName|description)\(\s*(?:[a-z]+: [^\"()]*, )?(?:prompt: )?\""
)
# A literal that is put together from what is not ours to translate.
VERBATIM = re.compile(r'Text\(verbatim: "(?:\\\([^)]*\)|[^\w"])*"\)')
USED = re.compile(r'\bwords\(\s*"([a-z_]+)"')
ARABIC_DIGITS = re.compile("[٠-٩۰-۹]")


def swift(*folders):
    return {path: path.read_text(encoding="utf-8") for folder in folders for path in sorted((IOS / folder).rglob("*.swift"))}


def words(catalogue):
    """key → language → text."""
    strings = json.loads(catalogue.read_text(encoding="utf-8"))["strings"]
    return {
        key: {language: part["stringUnit"]["value"] for language, part in entry["localizations"].items()}
        for key, entry in strings.items()
    }


def branding():
    lines = (IOS / "Branding.xcconfig").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("=", 1) for line in lines if "=" in line and not line.startswith("//")]
    return {name.strip(): value.strip() for name, value in pairs}


def hard_coded(text):
    code = "\n".join(line.split("//")[0] if '"' not in line.split("//")[0] else line for line in text.splitlines())
    return SHOWS.findall(code) + [hit for hit in re.findall(r"Text\(verbatim: \"[^\n]*", code) if not VERBATIM.match(hit)]


class Catalogue(unittest.TestCase):
    def test_every_text_is_there_in_both_languages(self):
        for catalogue in CATALOGUES:
            for key, texts in words(catalogue).items():
                self.assertEqual(set(texts), LANGUAGES, key)
                self.assertTrue(all(text.strip() for text in texts.values()), key)

    def test_both_languages_put_in_the_same_parts(self):
        for key, texts in words(CATALOGUES[0]).items():
            parts = [sorted(re.findall(r"%\d\$@", text)) for text in texts.values()]
            self.assertEqual(parts[0], parts[1], key)
            # As texts only: the system would write a number in the digits of the language.
            self.assertEqual(len(parts[0]), texts["en"].count("%"), key)

    def test_p8_no_text_brings_other_digits_than_ascii(self):
        for catalogue in CATALOGUES:
            for key, texts in words(catalogue).items():
                self.assertIsNone(ARABIC_DIGITS.search(texts["ar"]), key)

    def test_the_keys_are_those_of_android(self):
        android = {e.attrib["name"] for e in xml.etree.ElementTree.parse(ANDROID).getroot()}
        ours = set(words(CATALOGUES[0]))
        self.assertEqual(ours - IOS_ONLY, android - ANDROID_ONLY)
        self.assertLessEqual(ANDROID_ONLY, android)
        self.assertLessEqual(IOS_ONLY, ours)

    def test_every_remark_of_the_core_has_words_and_its_arguments_have_places(self):
        catalogue, screen = words(CATALOGUES[0]), (IOS / "Sources/UI/Remarks.swift").read_text(encoding="utf-8")
        remarks = [line.split() for line in (IOS.parent / "core/src/ffi/remarks.txt").read_text().splitlines()]
        self.assertGreater(len(remarks), 30)
        for code, arguments in remarks:
            given = ", argument" if arguments == "1" else ""
            self.assertIn(f'case "{code}": words("remark_{code}"{given})\n', screen, code)
            for text in catalogue[f"remark_{code}"].values():
                self.assertEqual(len(set(re.findall(r"%\d\$@", text))), int(arguments), code)

    def test_every_key_is_used_and_every_used_key_is_there(self):
        used = {key for text in swift("Sources", "App", "Widget").values() for key in USED.findall(text)}
        self.assertEqual(used, set(words(CATALOGUES[0])))


class Sources(unittest.TestCase):
    def test_no_screen_has_a_text_of_its_own(self):
        for path, text in swift("Sources/UI", "App", "Widget").items():
            self.assertEqual(hard_coded(text), [], path.name)

    def test_a_text_of_its_own_would_be_found(self):
        for bad in [
            'Text("Approve")', 'Button("Approve") {}', 'Fact(label: "Server", value: x)', '.navigationTitle("Codes")',
            '.searchable(text: $search, prompt: "Search")', 'Text(verbatim: "Code \\(code)")',
        ]:
            self.assertTrue(hard_coded(bad), bad)
        for good in ['Text(words("codes_all"))', 'Text(verbatim: "\\(a) (\\(b)): \\(c)")', 'Image(systemName: "lock")']:
            self.assertFalse(hard_coded(good), good)

    def test_p9_nothing_is_logged_or_kept_outside_the_vault(self):
        leaks = re.compile(r"\b(print|debugPrint|dump|NSLog|os_log|Logger|UserDefaults|AppStorage|SceneStorage)\b\s*[(.]")
        for path, text in swift("Sources", "App", "Shared", "NotificationService", "Widget").items():
            self.assertIsNone(leaks.search(text), path.name)

    def test_p9_every_sheet_has_its_cover(self):
        screens = "".join(swift("Sources/UI").values())
        covers = len(re.findall(r"\.covered\(\)", screens))
        # The whole app, the sheet of a PIN (shown from two places) and the one of a transfer.
        self.assertEqual((len(re.findall(r"\.sheet\(", screens)), covers), (3, 3))

    def test_no_key_may_leave_the_phone(self):
        access = (IOS / "Shared/KeyAccess.swift").read_text()
        protections = re.findall(r"kSecAttrAccessible\w+", access)
        self.assertEqual(len(protections), 3)
        self.assertTrue(all(name.endswith("ThisDeviceOnly") for name in protections), protections)
        everything = "".join(swift("App", "Shared", "NotificationService").values())
        self.assertNotIn("kSecAttrSynchronizable", everything)

    def test_the_brand_stands_in_one_file(self):
        brand = branding()
        marks = [brand["APP_BUNDLE_ID"], brand["BRAND_COLOR"], brand["BRAND_COLOR_DARK"], brand["LINK_HOST"]]
        for path in [*PLISTS, IOS / "project.yml", *swift("Sources", "App", "Widget", "NotificationService")]:
            text = path.read_text(encoding="utf-8").lower()
            self.assertFalse([mark for mark in marks if mark.lower() in text], path.name)


class PropertyLists(unittest.TestCase):
    def load(self, name):
        return plistlib.loads((IOS / name).read_bytes())

    def test_every_variable_is_known(self):
        xcodes = {"EXECUTABLE_NAME", "PRODUCT_BUNDLE_IDENTIFIER", "PRODUCT_NAME", "PRODUCT_MODULE_NAME", "MARKETING_VERSION",
                  "CURRENT_PROJECT_VERSION"}
        known = xcodes | {name.split("[")[0] for name in branding()}
        self.assertEqual(len(PLISTS), 6)
        for path in [*PLISTS, IOS / "project.yml"]:
            if path.suffix != ".yml":
                plistlib.loads(path.read_bytes())
            for name in re.findall(r"\$\((\w+)\)", path.read_text()):
                self.assertIn(name, known, path.name)

    def test_the_app_says_what_it_uses(self):
        info = self.load("App/Info.plist")
        self.assertEqual(set(info["CFBundleLocalizations"]), LANGUAGES)
        explained = {key for key in info if key.endswith("UsageDescription")}
        self.assertEqual(explained, set(words(CATALOGUES[1])))
        for key in explained:
            self.assertEqual(info[key], words(CATALOGUES[1])[key]["en"])
        # WakeUps.swift puts the same name together.
        self.assertEqual(info["BGTaskSchedulerPermittedIdentifiers"], ["$(APP_BUNDLE_ID).refresh"])
        self.assertEqual(info["UIBackgroundModes"], ["fetch"])
        self.assertNotIn("NSAppTransportSecurity", info)
        self.assertIn("countersign", info["CFBundleURLTypes"][0]["CFBundleURLSchemes"])

    def test_app_and_extension_share_one_group(self):
        app, extension = self.load("App/Countersign.entitlements"), self.load(
            "NotificationService/NotificationService.entitlements")
        group = {"com.apple.security.application-groups": ["$(APP_GROUP)"]}
        self.assertEqual(extension, group)
        self.assertLessEqual(group.items(), app.items())
        for name in ("App/Info.plist", "NotificationService/Info.plist"):
            self.assertEqual(self.load(name)["Brand"]["Group"], "$(APP_GROUP)")
            self.assertEqual(self.load(name)["Brand"]["VaultNeedsPerson"], "$(VAULT_NEEDS_PERSON)")

    def test_the_widget_cannot_reach_the_vault(self):
        project = (IOS / "project.yml").read_text()
        widget = project[project.index("  Widget:"):project.index("schemes:")]
        self.assertNotIn("ENTITLEMENTS", widget)
        self.assertNotIn("CountersignKit", widget)

    def test_nobody_is_followed_and_nothing_is_collected(self):
        privacy = self.load("App/PrivacyInfo.xcprivacy")
        self.assertIs(privacy["NSPrivacyTracking"], False)
        self.assertEqual(privacy["NSPrivacyTrackingDomains"] + privacy["NSPrivacyCollectedDataTypes"], [])
        for used in privacy["NSPrivacyAccessedAPITypes"]:
            self.assertRegex(used["NSPrivacyAccessedAPIType"], r"^NSPrivacyAccessedAPICategory\w+$")
            self.assertTrue(all(re.fullmatch(r"[0-9A-F]{4}\.1", why) for why in used["NSPrivacyAccessedAPITypeReasons"]))

    def test_the_project_names_files_that_are_there(self):
        project = (IOS / "project.yml").read_text()
        named = re.findall(r"\b(?:path|INFOPLIST_FILE|CODE_SIGN_ENTITLEMENTS|Debug|Release): ([\w./]+)", project)
        self.assertGreater(len(named), 10)
        for name in named:
            self.assertTrue((IOS / name).exists(), name)


if __name__ == "__main__":
    unittest.main(verbosity=0)
