// What the console does besides, where there is a script: every page works without it.
"use strict";

// A button that copies what stands in a box, where the browser can.
for (const box of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) break;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet small";
  button.textContent = document.documentElement.lang === "ar" ? "نسخ" : "Copy";
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(box.textContent);
    button.textContent += " ✓";
  }, { once: true });
  box.after(button);
}

// A part of a page that follows what happens, by looking at an address anew, as long as somebody sits there and sees it. When
// nothing is left to follow, the page itself goes there. It is looked at every five seconds, or every `data-every`.
const STILL_THERE = 10 * 60 * 1000;
let moved = Date.now();
for (const sign of ["pointermove", "keydown", "scroll"]) addEventListener(sign, () => { moved = Date.now(); }, { passive: true });

const follow = async (part) => {
  const from = part.dataset.live;
  const busy = part.contains(document.activeElement);
  if (document.visibilityState === "visible" && !busy && Date.now() - moved < STILL_THERE) {
    const reply = await fetch(from, { redirect: "error" }).catch(() => null);
    const page = reply?.ok ? new DOMParser().parseFromString(await reply.text(), "text/html") : null;
    const fresh = page?.getElementById(part.id);
    if (fresh && fresh.dataset.live === undefined) return location.replace(from);
    if (fresh) {
      const open = [...part.querySelectorAll("details")].map((one) => one.open);
      part.replaceChildren(...fresh.childNodes);
      part.querySelectorAll("details").forEach((one, n) => { one.open = open[n] ?? false; });
    }
  }
  later(part);
};
const later = (part) => setTimeout(follow, (part.dataset.every ?? 5) * 1000, part);
document.querySelectorAll("[data-live]").forEach(later);
