"""Puts manifest and resources together as Gradle would, and lets aapt2 link them.

aapt2 knows the attributes of the android.jar that it is given, API 23. Those that came later are looked at here (each is listed
with its API level) and left out before linking.
"""

import pathlib
import subprocess
import xml.etree.ElementTree as xml

ANDROID = pathlib.Path(__file__).resolve().parents[1]
SOURCES = ANDROID / "app/src"
NAMESPACE = "{http://schemas.android.com/apk/res/android}"
TOOLS = "{http://schemas.android.com/tools}"
# Attributes newer than API 23, with the level that brought them.
NEWER = {
    "dataExtractionRules": 31,
    "description": 31,
    "enableOnBackInvokedCallback": 33,
    "localeConfig": 33,
    "networkSecurityConfig": 24,
    "previewLayout": 31,
}
KINDS = ("string", "color", "bool")


def branding(path=ANDROID / "branding.properties"):
    """Every line of the branding, by name."""
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    pairs = (line.split("=", 1) for line in lines if line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, value in pairs}


def branding_values():
    """The resources that the build makes of the branding: those whose name begins with a kind."""
    resources = xml.Element("resources")
    for name, value in branding().items():
        kind, _, key = name.partition(".")
        if kind in KINDS:
            xml.SubElement(resources, kind, name=key).text = value
    return resources


def manifest(flavour):
    """The manifest of a flavour: main's, with what the flavour adds and what the branding fills in."""
    main = xml.parse(SOURCES / "main/AndroidManifest.xml").getroot()
    added = xml.parse(SOURCES / flavour / "AndroidManifest.xml").getroot()
    for part in added.find("application"):
        # What is taken out of a library's manifest is not in ours.
        if part.get(TOOLS + "node") != "remove":
            main.find("application").append(part)
    brand = branding()
    filled = {"${applicationId}": brand["applicationId"], "${linkHost}": brand["linkHost"]}
    for element in main.iter():
        for name, value in element.attrib.items():
            for placeholder, content in filled.items():
                value = value.replace(placeholder, content)
            element.set(name, value)
    main.set("package", "org.countersign.app")
    return main


def link(flavour, aapt2, android_jar, work):
    """Links a flavour and returns the folder of its R.java."""
    work.mkdir(parents=True, exist_ok=True)
    root = manifest(flavour)
    values = work / "branding/values"
    values.mkdir(parents=True, exist_ok=True)
    xml.ElementTree(branding_values()).write(values / "branding.xml", encoding="utf-8", xml_declaration=True)
    archives = []
    for name, folder in (("main", older(SOURCES / "main/res", work / "main")), ("branding", work / "branding")):
        archives.append(work / f"{name}.zip")
        subprocess.run([aapt2, "compile", "--dir", folder, "-o", archives[-1]], check=True)
    # A debug build lays its own over it.
    subprocess.run([aapt2, "compile", "--dir", SOURCES / "debug/res", "-o", work / "debug.zip"], check=True)
    for element in root.iter():
        strip(element)
    xml.ElementTree(root).write(work / "AndroidManifest.xml", encoding="utf-8", xml_declaration=True)
    command = [aapt2, "link", "-I", android_jar, "--manifest", work / "AndroidManifest.xml", "--java", work / "java"]
    levels = ["--min-sdk-version", "26", "--target-sdk-version", "36"]
    inputs = [part for archive in archives for part in ("-R", archive)]
    overlay = ["-R", work / "debug.zip", "--auto-add-overlay"]
    subprocess.run([*command, *levels, "-o", work / "app.apk", *inputs, *overlay], check=True)
    return work / "java"


def older(source, target):
    """A copy of resources without the attributes that this aapt2 cannot know."""
    for path in source.rglob("*.xml"):
        copy = target / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_text(encoding="utf-8")
        if any(f"android:{name}=" in text for name in NEWER):
            tree = xml.ElementTree(xml.fromstring(text))
            for element in tree.iter():
                strip(element)
            tree.write(copy, encoding="utf-8", xml_declaration=True)
        else:
            copy.write_text(text, encoding="utf-8")
    return target


def strip(element):
    for name in NEWER:
        element.attrib.pop(NAMESPACE + name, None)


xml.register_namespace("android", NAMESPACE.strip("{}"))
xml.register_namespace("tools", TOOLS.strip("{}"))
