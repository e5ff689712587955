"""The house rules' check finds what it should find, and nothing where all is well."""

import pathlib
import tempfile
import unittest

import check


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def finds(self, found, *parts):
        """One finding for each part, in any order, and no others."""
        found = list(found)
        self.assertEqual(len(found), len(parts), found)
        for part in parts:
            self.assertTrue(any(part in line for line in found), (part, found))


class Sources(Case):
    def test_long_files_and_unfinished_work(self):
        self.write("core/src/long.rs", "x\n" * 401)
        self.write("core/src/right.rs", "x\n" * 400)
        self.write("a.py", "# TO" + "DO later\n")
        self.write("b.rs", "to" + "do!()\n// method and mastodon are words\n")
        self.write("c.rs", "#[test]\n#[ignore = \"slow\"]\nfn x() {}\n")
        self.write("d.rs", "#[cfg_attr(windows, ignore)]\n")
        self.write("e.rs", "// we ignore that\nlet ignore = 1;\n")
        self.write("target/x.rs", "x\n" * 500)
        self.write("protocol/vectors/x.js", "x\n" * 500)
        self.finds(check.sources(self.root), "long.rs: 401", "a.py:1", "b.rs:1", "c.rs:2", "d.rs:1")


class Manifests(Case):
    def test_versions_stand_in_one_place(self):
        self.write("Cargo.toml", '[workspace]\nmembers = ["a", "b"]\n')
        good = '[package]\nname = "a"\nversion.workspace = true\n[dependencies]\nx.workspace = true\n'
        self.write("a/Cargo.toml", good + '[dev-dependencies]\ny = { workspace = true, features = ["f"] }\n')
        bad = '[package]\nname = "b"\nversion = "1.0"\n[dependencies]\nx = "1"\ny = { path = "../y" }\n'
        self.write("b/Cargo.toml", bad + "[target.'cfg(unix)'.build-dependencies]\nz = { version = \"1\" }\n")
        found = check.manifests(self.root)
        self.finds(found, "b/Cargo.toml: version", "b/Cargo.toml: x", "b/Cargo.toml: y", "b/Cargo.toml: z")

    def test_directions(self):
        def package(name, *uses):
            dependencies = [{"name": f"countersign-{u}"} for u in uses] + [{"name": "serde"}]
            return {"name": f"countersign-{name}", "dependencies": dependencies}

        right = [package("protocol"), package("core", "protocol"), package("server", "protocol")]
        right += [package("cli", "core"), package("tests", "core", "server", "cli")]
        self.finds(check.directions({"packages": right}))
        wrong = [package("protocol", "core"), package("core", "server"), package("server", "protocol")]
        wrong += [package("cli", "demo"), package("demo"), package("new")]
        found = check.directions({"packages": wrong})
        self.finds(found, "protocol depends on core", "core depends on server", "cli depends on demo", "new: say")


class Claims(Case):
    def test_which_rules_a_name_names(self):
        self.assertEqual(check.rules_named("s8_s10_a_number"), {"S8", "S10"})
        self.assertEqual(check.rules_named("p4_wrong_password"), {"P4"})
        self.assertEqual(check.rules_named("property_1_and_6_an_answer"), {"Property 1", "Property 6"})
        self.assertEqual(check.rules_named("property_2_and_then"), {"Property 2"})

    def test_what_is_claimed_is_tested(self):
        self.write("a.rs", "fn s1_x() {}\nfn property_3_y() {}\nfn s9_z() {}\nfn p2_hidden() {}\nfn s44_w() {}\n")
        rows = ["| rule | state | by |", "| S1 | holds | `s1_x` |", "| Property 3 | part | `property_3_y` |"]
        self.write("docs/threat-model.md", "\n".join([*rows, "| S9 | holds | `s9_z` |", "| S7 | no | |",
                                                      "| P2 | part | `p2_hidden` |", "| S44 | holds | `s44_w` |"]))
        self.finds(check.claims(self.root))
        rows += ["| signing in | a thief | `s1_x`, `s1_gone` |", "| S9 | no | |", "| S17 | holds | |", "| S18 | holds | `s18_gone` |", "| S19 | maybe | |",
                 "| S1 | holds | `s1_x` |", "| S44 | holds | a test |"]
        self.write("docs/threat-model.md", "\n".join(rows))
        self.finds(check.claims(self.root), "there is no test s1_gone", "S9 is said not", "S17 is said to hold", "S18 is said to hold",
                   "no test s18_gone", "`maybe`", "S1 has two rows", "no row for P2", "S44 is said to hold")


    def test_what_is_said_of_providers_is_tested(self):
        self.write("tests/it/delivery/mail.rs", "async fn it_is_tried_again() {}\n")
        row = "| mail | answers `250` | `it_is_tried_again` |\n"
        self.write("docs/delivery.md", row)
        self.finds(check.shown_tests(self.root))
        self.write("docs/delivery.md", row + "| mail | is away | `it_is_tried_again`, `it_is_gone` |\n")
        self.finds(check.shown_tests(self.root), "no test it_is_gone")


class Pages(Case):
    def test_every_dependency_has_its_line(self):
        self.write("Cargo.toml", '[workspace.dependencies]\nown = { path = "own" }\na = "1"\nb = { version = "2" }\n')
        self.write("docs/dependencies.md", "| `a` | x |\n| `gone` | x |\n")
        self.finds(check.dependencies(self.root), "no line for b", "gone is not")

    def test_links_and_length(self):
        self.write("docs/a.md", "[b](b.md) [c](c.md#part) [web](https://example.org/x) [here](#part)\n")
        self.write("docs/b.md", "x\n" * 201)
        self.finds(check.pages(self.root), "b.md: 201", "c.md leads nowhere")


if __name__ == "__main__":
    unittest.main()
