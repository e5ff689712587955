"""What the app's sources must do, or never do, so that nothing secret is seen or sent. Read from the sources: no phone is here to ask."""

import re
import unittest

from resources import SOURCES

APP = SOURCES / "main/kotlin/org/countersign/app"
KOTLIN = {path: path.read_text(encoding="utf-8") for path in sorted(SOURCES.rglob("*.kt"))}


def source(name):
    return (APP / name).read_text(encoding="utf-8")


class Safety(unittest.TestCase):
    def test_p9_the_window_is_kept_out_of_screenshots_before_anything_is_drawn(self):
        activity = source("MainActivity.kt")
        self.assertLess(activity.index("FLAG_SECURE"), activity.index("setContent {"))

    def test_touches_through_another_window_do_not_count(self):
        self.assertIn("filterTouchesWhenObscured = true", source("MainActivity.kt"))

    def test_p9_a_copied_code_is_marked_and_wiped(self):
        clipboard = source("phone/SensitiveClipboard.kt")
        self.assertIn('"android.content.extra.IS_SENSITIVE"', clipboard)
        self.assertIn("clearPrimaryClip()", clipboard)

    def test_s12_a_locked_screen_is_told_nothing_but_that_something_waits(self):
        notices = source("phone/Notices.kt")
        self.assertIn("VISIBILITY_PRIVATE", notices)
        public = re.search(r"fun waiting\(.*?\.build\(\)", notices, re.DOTALL)[0]
        self.assertNotIn("request.", public)
        self.assertIn("setPublicVersion(waiting(id))", notices)

    def test_denying_from_a_notification_asks_for_no_screen_lock(self):
        self.assertIn("setAuthenticationRequired(false)", source("phone/Notices.kt"))

    def test_every_pending_intent_is_immutable(self):
        for path, text in KOTLIN.items():
            for call in re.findall(r"PendingIntent\.get\w+\([^\n]*", text):
                with self.subTest(f"{path.name}: {call}"):
                    self.assertRegex(call, r"FLAG_IMMUTABLE|\bFLAGS\b")
            self.assertNotIn("FLAG_MUTABLE", text, path.name)
        self.assertRegex(source("phone/Notices.kt"), r"val FLAGS = PendingIntent.FLAG_IMMUTABLE\b")

    def test_nothing_is_logged(self):
        for path, text in KOTLIN.items():
            self.assertNotRegex(text, r"\bLog\.|println\(|printStackTrace|android\.util\.Log|Timber", path.name)

    def test_nothing_typed_is_written_down_by_the_system(self):
        for path, text in KOTLIN.items():
            self.assertNotRegex(text, "rememberSaveable|onSaveInstanceState|SavedStateHandle", path.name)

    def test_the_models_of_screens_use_the_core_alone(self):
        # No request leaves this app but by the core and the chosen push service.
        for path, text in KOTLIN.items():
            self.assertNotRegex(text, r"HttpURLConnection|okhttp|java\.net\.URL\b|WebView", path.name)

    def test_p8_codes_are_shown_by_the_one_piece_that_keeps_their_direction(self):
        self.assertIn("textDirection = TextDirection.Ltr", source("ui/Digits.kt"))
        for path, text in KOTLIN.items():
            self.assertNotRegex(text, r"\bText\([^)]*(?:grouped|\.code\b|nextGrouped|confirmationCode)", path.name)

    def test_keys_of_the_person_are_for_one_use_and_end_with_new_biometrics(self):
        specs = source("phone/KeySpecs.kt")
        for wanted in (
            "setUserAuthenticationRequired(true)",
            "setInvalidatedByBiometricEnrollment(true)",
            "setUserAuthenticationParameters(EACH_USE",
            "EACH_USE = 0",
            "setIsStrongBoxBacked(true)",
        ):
            self.assertIn(wanted, specs)

    def test_every_picture_says_what_it_is_or_that_its_label_does(self):
        for path, text in KOTLIN.items():
            for call in re.findall(r"\b(?:Icon|Image)\((?!Bitmap)[^\n]*", text):
                with self.subTest(f"{path.name}: {call}"):
                    self.assertIn("contentDescription", call)


if __name__ == "__main__":
    unittest.main()
