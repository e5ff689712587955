"""The catalogue: complete in both languages, used, with the same places to fill, and no word outside of it."""

import re
import unittest
import xml.etree.ElementTree as xml

from resources import ANDROID, SOURCES, branding

KOTLIN = sorted(SOURCES.rglob("*.kt"))
PLACE = re.compile(r"%(\d\$)?(.)")
# Words of a person in a call that shows or says them. `"–"` and the like are no words.
SHOWN = re.compile(r"""(?:Text|Notice|PartTitle|Fact|contentDescription =|setContentTitle|setContentText|setTitle)\s*\(?\s*"([^"]*)\"""")
TEMPLATE = re.compile(r"\$\{[^}]*\}|\$\w+|\\.")


def catalogue(language):
    tree = xml.parse(SOURCES / f"main/res/{language}/strings.xml").getroot()
    return {element.get("name"): "".join(element.itertext()) for element in tree}


def used():
    places = [*KOTLIN, *(path for path in SOURCES.rglob("*.xml") if "values" not in path.parent.name)]
    text = "\n".join(path.read_text(encoding="utf-8") for path in places)
    return set(re.findall(r"(?:R\.string\.|@string/)(\w+)", text))


class Catalogue(unittest.TestCase):
    english, arabic = catalogue("values"), catalogue("values-ar")

    def test_both_languages_have_the_same_keys_in_the_same_order(self):
        self.assertEqual(list(self.english), list(self.arabic))

    def test_no_word_is_empty_or_there_twice(self):
        for language in ("values", "values-ar"):
            names = re.findall(r'<string name="(\w+)"', (SOURCES / f"main/res/{language}/strings.xml").read_text(encoding="utf-8"))
            self.assertEqual(len(names), len(set(names)), language)
            self.assertFalse([name for name, words in catalogue(language).items() if not words.strip()], language)

    def test_arabic_is_written_in_arabic(self):
        # Names of products are the same everywhere.
        latin = [name for name, words in self.arabic.items() if not re.search("[\u0600-\u06ff]", words)]
        self.assertEqual(latin, ["kind_steam", "kind_motp", "kind_yandex"])

    def test_both_languages_have_the_same_places_to_fill(self):
        for name, words in self.english.items():
            with self.subTest(name):
                self.assertEqual(sorted(PLACE.findall(words)), sorted(PLACE.findall(self.arabic[name])))

    def test_numbers_come_as_text_so_that_digits_are_ascii_everywhere(self):
        for name, words in [*self.english.items(), *self.arabic.items()]:
            with self.subTest(name):
                self.assertFalse([place for place in PLACE.findall(words) if place[1] != "s" or not place[0]], words)
                self.assertNotRegex(words, "[\u0660-\u0669\u06f0-\u06f9]")

    def test_every_word_is_used_and_every_used_word_is_there(self):
        brand = {name.partition(".")[2] for name in branding() if name.startswith("string.")}
        self.assertEqual(used() - brand, set(self.english))

    def test_every_place_to_fill_is_filled(self):
        text = "\n".join(path.read_text(encoding="utf-8") for path in KOTLIN)
        for name, words in self.english.items():
            with self.subTest(name):
                wanted = len(set(PLACE.findall(words)))
                bare = re.search(rf"(?:stringResource|getString)\(R\.string\.{name}\)", text)
                self.assertFalse(wanted and bare, "shown without what belongs into it")

    def test_every_remark_of_the_core_has_words_and_its_arguments_have_places(self):
        screen = (SOURCES / "main/kotlin/org/countersign/app/ui/Remarks.kt").read_text(encoding="utf-8")
        remarks = [line.split() for line in (ANDROID.parent / "core/src/ffi/remarks.txt").read_text().splitlines()]
        self.assertGreater(len(remarks), 30)
        for code, arguments in remarks:
            with self.subTest(code):
                self.assertIn(f'"{code}" -> R.string.remark_{code}\n', screen)
                for language in (self.english, self.arabic):
                    self.assertEqual(len(set(PLACE.findall(language[f"remark_{code}"]))), int(arguments))

    def test_no_words_stand_in_screens(self):
        for path in KOTLIN:
            for words in SHOWN.findall(path.read_text(encoding="utf-8")):
                with self.subTest(f"{path.relative_to(ANDROID)}: {words}"):
                    self.assertNotRegex(TEMPLATE.sub("", words), r"[A-Za-z\u0600-\u06ff]{2,}")

    def test_layouts_and_manifests_have_no_words_either(self):
        for path in [*SOURCES.rglob("layout/*.xml"), *SOURCES.rglob("AndroidManifest.xml")]:
            for value in re.findall(r'android:(?:text|label|contentDescription|description)="([^"]*)"', path.read_text(encoding="utf-8")):
                with self.subTest(f"{path.relative_to(ANDROID)}: {value}"):
                    self.assertTrue(value.startswith("@string/"))


if __name__ == "__main__":
    unittest.main()
