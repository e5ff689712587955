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
// nothing is left to follow, the page itself goes there.
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
    if (fresh) part.replaceChildren(...fresh.childNodes);
  }
  setTimeout(follow, 5000, part);
};
for (const part of document.querySelectorAll("[data-live]")) setTimeout(follow, 5000, part);
