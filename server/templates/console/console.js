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

// A part of the page that is fetched anew every so many seconds: while somebody looks at the page, is not busy in that part,
// and has touched the page within a quarter of an hour, so that a page that was left open does not keep them signed in.
let touched = Date.now();
for (const sign of ["keydown", "pointerdown", "scroll"]) addEventListener(sign, () => { touched = Date.now(); }, { passive: true });
for (const part of document.querySelectorAll("[data-live]")) {
  const wait = () => { if (part.dataset.live) setTimeout(again, part.dataset.live * 1000); };
  const again = async () => {
    const busy = document.hidden || part.contains(document.activeElement) || Date.now() - touched > 900000;
    if (busy) return wait();
    try {
      const reply = await fetch(location.href);
      const fresh = new DOMParser().parseFromString(await reply.text(), "text/html").getElementById(part.id);
      if (!fresh) return location.reload();
      const open = [...part.querySelectorAll("details")].map((one) => one.open);
      part.replaceChildren(...fresh.childNodes);
      part.querySelectorAll("details").forEach((one, n) => { one.open = open[n] ?? false; });
      part.dataset.live = fresh.dataset.live ?? "";
    } catch { /* The server is away for a moment; the page says what it said. */ }
    wait();
  };
  wait();
}
