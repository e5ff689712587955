"""The overview of a tenant, and its audit log: looked through, checked, taken along."""

import tempfile

from running import Terminal


def journey(console):
    overview(console)
    log(console)
    own_log(console)
    console.open("/")


def overview(console):
    """A new tenant is told how to begin; then somebody is asked."""
    tenant = console.command("tenant", "create", "--name", "Figures")["tenant_id"]
    console.open(f"/{tenant}/")
    console.shown("ol.steps")
    console.screenshot("overview-new")
    console.open(f"/{console.tenant}/")
    with tempfile.TemporaryDirectory() as folder:
        phone = Terminal(console.terminal, folder)
        link = console.site.post("/api/v1/users/enroll", user_ref="figures@example.org")["enrollment_url"]
        phone.run("enroll", link)
        console.site.post("/api/v1/mfa/send", user_ref="figures@example.org", message="Sign in?")
    console.open(f"/{console.tenant}/?span=7d")
    console.shown("svg[role=img]")
    console.axe()
    console.click("details summary")
    console.screenshot("overview")


def log(console):
    """Events in words; one of a kind; all of one actor; the check."""
    console.open(f"/{console.tenant}/audit")
    console.shown("td time")
    console.screenshot("audit")
    console.open(f"/{console.tenant}/audit?address=here")
    console.shown("#problem")
    console.axe()
    console.open(f"/{console.tenant}/audit?event=challenge")
    console.open(f"/{console.tenant}/audit/check")
    console.click("main form button")
    console.shown("#holds")
    console.screenshot("audit-check")


def own_log(console):
    """What operators did."""
    console.open("/audit")
    assert "operator.signed_in" in console.text("main table")
    console.screenshot("audit-own")
