"""Who sees which page: an operator of each kind goes to every page of a tenant and of the server, those of others included."""

TENANT = ("/", "/users", "/users/requests", "/challenges", "/applications", "/channels", "/webhooks", "/providers", "/templates",
          "/messages", "/audit", "/settings", "/settings/policy", "/settings/access", "/settings/keys", "/api", "/operators")
SERVER = ("/tenants", "/providers", "/audit", "/operators")
HELP = {"/", "/users", "/users/requests", "/challenges"}
LOOK = set(TENANT) - {"/messages", "/operators"}
# What each kind of operator of the tenant may see. Nobody of a tenant sees pages of the server.
ROLES = {"owner": set(TENANT), "admin": set(TENANT) - {"/operators"}, "helpdesk": HELP, "auditor": LOOK}


def journey(console):
    for role, allowed in ROLES.items():
        with console.somebody(role, console.tenant, name=f"every-{role}") as operator:
            walk(operator, role, f"/{console.tenant}", TENANT, allowed)
            walk(operator, role, "", SERVER, set())
    with console.somebody("auditor", name="every-server-auditor") as operator:
        walk(operator, "auditor", "", SERVER, {"/tenants", "/providers", "/audit"})
        walk(operator, "auditor", f"/{console.tenant}", TENANT, LOOK)
    console.open("/")


def walk(operator, role, base, pages, allowed):
    """The menu leads to what may be seen and to nothing else; the rest says why not, in words."""
    for page in pages:
        status = operator.open(base + page)
        if page not in allowed:
            assert status in (403, 404), f"{role} at {base}{page}: {status}"
            assert operator.text("main p"), "the page says why"
            operator.axe()
            continue
        assert status == 200, f"{role} at {base}{page}: {status}"
        operator.axe()
        forms = operator.tab.ask("count", 'main form[method="post"]')
        assert not forms or role != "auditor", f"{role} at {base}{page}: {forms} forms that change something"
        for other in pages:
            linked = operator.has(f'nav a[href$="{base}{other}"]')
            assert not linked or other in allowed, f"{role}: the menu leads to {base}{other}"
