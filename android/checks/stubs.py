"""Compares the Java stubs with the published signatures, where `chaquopy-stubs-*` list the class.

A stub's class, and each public method and constant in it, must be there under the same name with as many parameters.
"""

import ast
import keyword
import re
import subprocess

CLASS = re.compile(r"(?:class|interface|enum) ([\w.$]+)")
METHOD = re.compile(r"^  .*?([\w.$]+)\((.*)\)")
FIELD = re.compile(r"^  .*? (\w+)( = .*)?;$")


def differences(classes, published):
    """One line for each difference, and how many members were compared."""
    found, compared = [], 0
    paths = sorted(path for path in classes.rglob("*.class") if "org/countersign" not in str(path))
    said = subprocess.run(["javap", "-public", *map(str, paths)], check=True, capture_output=True, text=True).stdout
    modules = {}
    name, members = None, None
    for line in said.splitlines():
        if not line.startswith("  "):
            declared = CLASS.search(line)
            if not declared:
                continue
            name = declared[1]
            members = lookup(name, published, modules)
            # Java's own members of an enum are not listed.
            if members is None or " extends java.lang.Enum<" in line:
                members = None
            continue
        if members is None:
            continue
        compared += 1
        fault = compare(line, name, members)
        if fault:
            found.append(fault)
    return found, compared


def compare(line, name, members):
    method, field = METHOD.match(line), FIELD.match(line)
    if method:
        own, parameters = method[1], method[2]
        count = len([p for p in parameters.split(", ") if p]) if parameters else 0
        if own == name:
            # Stubs have the constructor without parameters that Java adds by itself.
            own = "__init__"
            if count == 0:
                return None
        if own not in members:
            return f"{name}.{own}: no such method is published"
        if not any(matches(count, wanted) for wanted in members[own]):
            return f"{name}.{own}: {count} parameters; published with {members[own]}"
    elif field and field[1] not in members:
        return f"{name}.{field[1]}: no such constant is published"
    return None


def matches(count, wanted):
    """`wanted` is a number of parameters, or None for any number."""
    return wanted is None or count == wanted


def lookup(name, published, modules):
    """The members of a class: name → numbers of parameters. None when the class is not listed."""
    package, _, inner = name.rpartition(".")
    if package not in modules:
        top, *rest = package.split(".")
        path = published.joinpath(f"{top}-stubs", *rest, "__init__.pyi")
        modules[package] = ast.parse(path.read_text(encoding="utf-8")) if path.exists() else None
    scope = modules[package]
    if scope is None:
        return None
    for part in inner.split("$"):
        scope = next((node for node in scope.body if isinstance(node, ast.ClassDef) and node.name == part), None)
        if scope is None:
            return None
    members = {}
    for node in inherited(scope, modules[package]):
        if isinstance(node, ast.FunctionDef):
            static = any(isinstance(d, ast.Name) and d.id == "staticmethod" for d in node.decorator_list)
            arguments = len(node.args.posonlyargs) + len(node.args.args) - (0 if static else 1)
            # A method that is called as Python's words are has a line behind its name there.
            members.setdefault(spelt(node.name), []).append(None if node.args.vararg else arguments)
        elif isinstance(node, (ast.AnnAssign, ast.Assign)):
            target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
            members[target.id] = []
    return members


def spelt(name):
    bare = name.removesuffix("_")
    return bare if keyword.iskeyword(bare) else name


def inherited(scope, module):
    """The members of a class and of what it inherits in its own package; beyond that a stub has to say what it means."""
    yield from scope.body
    for base in scope.bases:
        word = ast.unparse(base).split(".")[-1]
        parent = next((node for node in module.body if isinstance(node, ast.ClassDef) and node.name == word), None)
        if parent is not None and parent is not scope:
            yield from inherited(parent, module)
