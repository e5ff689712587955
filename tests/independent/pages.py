"""Signs people in on our pages with a real browser, real phones and a real Kannel, and looks at each page as a person would:
its pictures go to target/screenshots/.

Needs Debian's chromium, kannel, kannel-extras and zbar-tools, and the packages of node/package.json.
Usage: python3 tests/independent/pages.py path/to/countersign-server path/to/countersign FOLDER_OF_NODE_PACKAGES
"""

import pathlib
import shutil
import sys

from browser import CHROMIUM, Browser
from kannel_centre import need_kannel
from pages_gallery import Gallery
from pages_journeys import Journeys
from pages_site import Site

NAME = "pages, in Chromium"
PICTURES = pathlib.Path("target/screenshots")


def need():
    need_kannel(NAME)
    for tool, package in ((CHROMIUM, "chromium"), ("zbarimg", "zbar-tools"), ("node", "nodejs")):
        if not shutil.which(tool):
            print(f"SKIPPED: {NAME}: {tool} is missing: apt-get install {package}")
            sys.exit(77)


def main():
    program, terminal, packages = sys.argv[1:]
    need()
    # What an earlier run drew proves nothing.
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir(parents=True)
    with Site(program, terminal) as site, Browser(packages, PICTURES) as browser, \
            site.shop("Shop", "--redirect-uri={shop}/") as shop, site.shop("Kiosk") as kiosk:
        done = Journeys(site, shop, browser).all()
        shown = Gallery(site, shop, kiosk, browser).all()
        seen, version = browser.seen(), browser.version
        others = set(seen["origins"]) - {site.url, shop.url, "null"}
        assert not others, f"pages asked others for something: {others}"
        assert not seen["complaints"], seen["complaints"]
    print(f"note: pages: Chromium {version}: {len(done)} journeys: {', '.join(done)}")
    print(f"note: pages: {len(shown)} pictures in {PICTURES}, nothing serious by axe-core, nothing asked of others")


if __name__ == "__main__":
    main()
