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
