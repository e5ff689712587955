"""The manifests: what is reachable from outside, what is asked for, what never leaves the phone."""

import unittest
import xml.etree.ElementTree as xml

from resources import NAMESPACE, SOURCES, TOOLS, branding, branding_values, manifest

FLAVOURS = ("google", "open")
COMPONENTS = ("activity", "service", "receiver", "provider")
PERMISSIONS = {"INTERNET", "ACCESS_NETWORK_STATE", "CAMERA", "POST_NOTIFICATIONS", "USE_BIOMETRIC"}
LOOPBACK = {"127.0.0.1", "10.0.2.2", "localhost"}


def components(flavour):
    application = manifest(flavour).find("application")
    return [part for kind in COMPONENTS for part in application.findall(kind)]


def get(element, name):
    return element.get(NAMESPACE + name)


class Manifest(unittest.TestCase):
    def test_every_component_says_whether_it_is_reachable(self):
        for flavour in FLAVOURS:
            for part in components(flavour):
                with self.subTest(get(part, "name")):
                    self.assertIn(get(part, "exported"), ("true", "false"))

    def test_only_what_the_system_calls_is_reachable_from_outside(self):
        for flavour in FLAVOURS:
            reachable = {get(part, "name") for part in components(flavour) if get(part, "exported") == "true"}
            self.assertEqual(reachable, {".MainActivity", ".phone.CodesTile", ".phone.CodesWidget"})

    def test_the_tile_can_be_bound_by_the_system_alone(self):
        tile = next(part for part in components("open") if get(part, "name") == ".phone.CodesTile")
        self.assertEqual(get(tile, "permission"), "android.permission.BIND_QUICK_SETTINGS_TILE")

    def test_no_permission_is_asked_for_but_these(self):
        for flavour in FLAVOURS:
            asked = {get(part, "name").removeprefix("android.permission.") for part in manifest(flavour).findall("uses-permission")}
            self.assertEqual(asked, PERMISSIONS)

    def test_every_component_is_a_class_of_ours(self):
        for flavour in FLAVOURS:
            for part in [manifest(flavour).find("application"), *components(flavour)]:
                name = get(part, "name").removeprefix(".")
                paths = [SOURCES / home / "kotlin/org/countersign/app" / (name.replace(".", "/") + ".kt") for home in ("main", flavour)]
                self.assertTrue(any(path.exists() for path in paths), name)

    def test_nothing_is_backed_up_by_the_system(self):
        application = manifest("google").find("application")
        self.assertEqual(get(application, "allowBackup"), "false")
        self.assertEqual(get(application, "fullBackupContent"), "false")
        rules = xml.parse(SOURCES / "main/res/xml/nothing_leaves.xml").getroot()
        domains = {"root", "file", "database", "sharedpref", "external"}
        for way in ("cloud-backup", "device-transfer"):
            part = rules.find(way)
            self.assertEqual({rule.get("domain") for rule in part.findall("exclude")}, domains, way)
            self.assertEqual(part.findall("include"), [], way)

    def test_without_tls_only_a_developers_own_computer_is_reached(self):
        shipped = xml.parse(SOURCES / "main/res/xml/network.xml").getroot()
        self.assertEqual([e.get("cleartextTrafficPermitted") for e in shipped.iter() if "cleartextTrafficPermitted" in e.attrib], ["false"])
        debug = xml.parse(SOURCES / "debug/res/xml/network.xml").getroot()
        self.assertEqual(debug.find("base-config").get("cleartextTrafficPermitted"), "false")
        self.assertEqual({domain.text for domain in debug.iter("domain")}, LOOPBACK)

    def test_links_from_outside_are_of_our_schemes_or_verified(self):
        activity = next(part for part in components("open") if get(part, "name") == ".MainActivity")
        schemes = {get(data, "scheme"): filter for filter in activity.findall("intent-filter") for data in filter.findall("data")}
        schemes.pop(None, None)
        self.assertEqual(set(schemes), {"countersign", "otpauth", "otpauth-migration", "https"})
        self.assertEqual(get(schemes["https"], "autoVerify"), "true")

    def test_googles_provider_is_taken_out_because_the_branding_names_the_project(self):
        added = xml.parse(SOURCES / "google/AndroidManifest.xml").getroot()
        removed = [get(part, "name") for part in added.iter("provider") if part.get(TOOLS + "node") == "remove"]
        self.assertEqual(removed, ["com.google.firebase.provider.FirebaseInitProvider"])


class Branding(unittest.TestCase):
    def test_no_secret_has_a_place_in_it(self):
        for name in branding():
            self.assertNotRegex(name.lower(), "password|secret|private|keystore")

    def test_colours_are_whole_and_can_be_read_on_each_other(self):
        values = {element.get("name"): element.text for element in branding_values() if element.tag == "color"}
        for name, value in values.items():
            self.assertRegex(value, "^#[0-9A-Fa-f]{8}$", name)
        for ground, ink in (("brand", "on_brand"), ("brand_dark", "on_brand_dark")):
            self.assertGreaterEqual(contrast(values[ground], values[ink]), 4.5, ground)


def contrast(one, other):
    """As WCAG 2 defines it."""

    def brightness(colour):
        parts = [int(colour[at : at + 2], 16) / 255 for at in (3, 5, 7)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((brightness(one), brightness(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


if __name__ == "__main__":
    unittest.main()
