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

// Words that are being written, as they would come out: the form's own reply, a moment after the last key.
for (const form of document.querySelectorAll("form[data-preview]")) {
  const shown = document.getElementById(form.dataset.preview);
  let pause = 0;
  let asked = 0;
  form.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(async () => {
      const turn = ++asked;
      const body = new URLSearchParams(new FormData(form));
      body.set("do", "preview");
      const reply = await fetch(form.action, { method: "POST", body, redirect: "error" }).catch(() => null);
      if (!reply || turn !== asked) return;
      const page = new DOMParser().parseFromString(await reply.text(), "text/html");
      const fresh = page.getElementById(shown.id);
      if (fresh) shown.replaceChildren(...fresh.childNodes);
    }, 500);
  });
}

// A colour that is being chosen, on the page's own band.
for (const input of document.querySelectorAll("input[data-band]")) {
  input.addEventListener("input", () => {
    let sheet = document.querySelector('link[rel="stylesheet"][href*="/color/"]');
    if (!sheet) {
      sheet = document.createElement("link");
      sheet.rel = "stylesheet";
      document.head.append(sheet);
    }
    sheet.href = `${input.dataset.band}${input.value.slice(1)}.css`;
  });
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
