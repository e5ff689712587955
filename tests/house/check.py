"""The house rules that a program can check. Prints each place where one is broken; ends with 1 if there is any.

Usage: python3 tests/house/check.py [root of the repository]
Its own tests: tests/house/check_test.py. Licences: tests/house/licences.py.
"""

import json
import pathlib
import re
import subprocess
import sys
import tomllib

SOURCES = {".rs", ".kt", ".kts", ".swift", ".js", ".py", ".sh"}
NOT_OURS = {".git", "target", "node_modules", "dist", "vectors", "build", ".gradle", ".build", "Generated"}
LONGEST_SOURCE, LONGEST_PAGE = 400, 200
# Spelt in two parts, so that this file does not break its own rule.
UNFINISHED = re.compile(r"\bTO" r"DO\b|\bFIX" r"ME\b|\bto" r"do!")
IGNORED = re.compile(r"#\[\s*ignore\b|\bcfg_attr\([^\]]*\bignore\b")
# Who may use whom. `core` and `server` never meet but in the last three, which nobody may use but the tests.
MAY_USE = {
    "protocol": set(),
    "core": {"protocol"},
    "library": {"core"},
    "bindgen": set(),
    "fuzz": {"protocol", "core"},
    "server": {"protocol"},
    "cli": {"core", "protocol"},
    "demo": {"protocol", "core", "server", "cli"},
    "bench": {"protocol", "core", "server", "cli"},
    "tests": {"protocol", "core", "server", "cli", "demo"},
}
NAMED_TEST = re.compile(r"\b(?:fn|fun|func|def)\s+((?:[sp]\d+|property_\d+)_\w+)")
# A row of a table in docs/threat-model.md: | S17 | holds | … |
RULE_ROW = re.compile(r"^\| *(S\d+|P\d+|Property \d+) *\| *(\w+) *\|(.*)\|$")
CLAIMED, UNCLAIMED = {"holds", "part"}, {"code", "no"}


def files(root, suffixes):
    """Our files with one of these endings, without anything generated or fetched."""
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        if path.suffix in suffixes and not NOT_OURS.intersection(parts) and path.is_file():
            yield path, str(path.relative_to(root))


def sources(root):
    for path, name in files(root, SOURCES):
        text = path.read_text(encoding="utf-8")
        if len(text.splitlines()) > LONGEST_SOURCE:
            yield f"{name}: {len(text.splitlines())} lines; split it at {LONGEST_SOURCE}"
        for number, line in enumerate(text.splitlines(), 1):
            if UNFINISHED.search(line):
                yield f"{name}:{number}: unfinished work is an issue, not a comment"
            if path.suffix == ".rs" and IGNORED.search(line):
                yield f"{name}:{number}: an ignored test; mend it or remove it"


def dependency_tables(manifest):
    """Every table of dependencies in a crate's manifest, those for one platform too."""
    for part in [manifest, *manifest.get("target", {}).values()]:
        for kind in ("dependencies", "dev-dependencies", "build-dependencies"):
            yield from part.get(kind, {}).items()


def manifests(root):
    members = tomllib.loads((root / "Cargo.toml").read_text())["workspace"]["members"]
    for member in members:
        manifest = tomllib.loads((root / member / "Cargo.toml").read_text())
        if manifest["package"].get("version") != {"workspace": True}:
            yield f"{member}/Cargo.toml: version.workspace = true"
        for name, entry in dependency_tables(manifest):
            own = not isinstance(entry, dict) or entry.get("workspace") is not True
            if own or {"version", "path", "git"} & entry.keys():
                yield f"{member}/Cargo.toml: {name}: write workspace = true; versions stand in the root Cargo.toml"


def directions(metadata):
    """Who uses whom, from `cargo metadata --no-deps`, dependencies of tests included."""
    ours = {package["name"]: package["name"].removeprefix("countersign-") for package in metadata["packages"]}
    for package in metadata["packages"]:
        room = ours[package["name"]]
        if room not in MAY_USE:
            yield f"{room}: say in tests/house/check.py whom this crate may use"
            continue
        used = {ours[d["name"]] for d in package["dependencies"] if d["name"] in ours} - {room}
        for other in sorted(used - MAY_USE[room]):
            yield f"{room} depends on {other}; dependencies point cli → core → protocol ← server"


def rules_named(test):
    """s8_s10_x → S8, S10; property_1_and_6_x → Property 1, Property 6."""
    if test.startswith("property_"):
        numbers = re.match(r"property_(\d+(?:_and_\d+)*)_", test)
        return {f"Property {n}" for n in numbers[1].split("_and_")} if numbers else set()
    return {word.upper() for word in re.match(r"(?:[sp]\d+_)+", test)[0].split("_") if word}


def claims(root):
    """What docs/threat-model.md says of each rule, against the tests that name it."""
    page = root / "docs" / "threat-model.md"
    tests = {}
    for path, name in files(root, SOURCES):
        if name.startswith("tests/house/"):
            continue  # its tests are full of names that are no tests
        for test in NAMED_TEST.findall(path.read_text(encoding="utf-8")):
            for rule in rules_named(test):
                tests.setdefault(rule, set()).add(test)
    lines = page.read_text(encoding="utf-8").splitlines()
    rows = [row for row in map(RULE_ROW.match, lines) if row]
    said, there = {}, set().union(*tests.values())
    # What is attacked in a place stands there without a rule of its own.
    for line in (line for line in lines if line.startswith("|") and not RULE_ROW.match(line)):
        for test in sorted(set(re.findall(r"`((?:[sp]\d+|property_\d+)_\w+)`", line)) - there):
            yield f"docs/threat-model.md: there is no test {test}"
    for rule, word, rest in (row.groups() for row in rows):
        if rule in said:
            yield f"docs/threat-model.md: {rule} has two rows"
        said[rule] = word
        have, shown = tests.get(rule, set()), set(re.findall(r"`((?:[sp]\d+|property_\d+)_\w+)`", rest))
        if word not in CLAIMED | UNCLAIMED:
            yield f"docs/threat-model.md: {rule}: `{word}` is none of {', '.join(sorted(CLAIMED | UNCLAIMED))}"
        elif word in CLAIMED and not shown & have:
            yield f"docs/threat-model.md: {rule} is said to hold, and no test that names it is shown"
        elif word in UNCLAIMED and have:
            yield f"docs/threat-model.md: {rule} is said not to be tested, but there is {sorted(have)[0]}"
        for test in sorted(shown - have):
            yield f"docs/threat-model.md: {rule}: there is no test {test}"
    for rule in sorted(tests.keys() - said.keys()):
        yield f"docs/threat-model.md: no row for {rule}, though {sorted(tests[rule])[0]} names it"


def shown_tests(root):
    """Every test that docs/delivery.md names is there: the last column of its tables names nothing else."""
    names = set()
    for path, name in files(root, {".rs"}):
        if name.startswith("tests/it/"):
            names |= set(re.findall(r"\bfn (\w+)", path.read_text(encoding="utf-8")))
    page = root / "docs" / "delivery.md"
    for line in page.read_text(encoding="utf-8").splitlines():
        for test in re.findall(r"`(\w+)`", line.rstrip(" |").rpartition("|")[2]):
            if line.startswith("|") and test not in names:
                yield f"docs/delivery.md: there is no test {test}"


def dependencies(root):
    """Every dependency of the workspace has its line in docs/dependencies.md, and no other line is there."""
    declared = tomllib.loads((root / "Cargo.toml").read_text())["workspace"]["dependencies"]
    wanted = {name for name, entry in declared.items() if not (isinstance(entry, dict) and "path" in entry)}
    page = (root / "docs" / "dependencies.md").read_text(encoding="utf-8")
    explained = re.findall(r"^\| `([^`]+)` \|", page, re.MULTILINE)
    for name in sorted(wanted - set(explained)):
        yield f"docs/dependencies.md: no line for {name}"
    for name in sorted({n for n in explained if n not in wanted or explained.count(n) > 1}):
        yield f"docs/dependencies.md: {name} is not a dependency, or has two lines"


def pages(root):
    for path, name in files(root, {".md"}):
        text = path.read_text(encoding="utf-8")
        if len(text.splitlines()) > LONGEST_PAGE:
            yield f"{name}: {len(text.splitlines())} lines; a page has {LONGEST_PAGE} at most"
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
            if "://" not in target and not (path.parent / target).exists():
                yield f"{name}: the link to {target} leads nowhere"


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2])
    command = ["cargo", "metadata", "--no-deps", "--format-version", "1"]
    metadata = json.loads(subprocess.run(command, cwd=root, check=True, capture_output=True).stdout)
    broken = [
        *sources(root), *manifests(root), *directions(metadata), *claims(root), *shown_tests(root),
        *dependencies(root), *pages(root)
    ]
    print(*broken, sep="\n")
    print(f"note: house rules: {len(broken)} places break one")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
