// The pages work without this. With it, a page that waits changes the moment that the phone has answered, and a form that
// is on its way is not sent twice.
"use strict";

(() => {
  const { look, here, every, mark } = document.querySelector("main").dataset;
  let sending = false;
  const ask = async () => {
    const reply = await fetch(look, { cache: "no-store" }).catch(() => undefined);
    // While the bank is away the page stays: a browser's own error page would be the end of it.
    const changed = reply !== undefined && reply.ok && (await reply.text()) !== mark;
    if (changed && !sending) location.replace(here);
    else setTimeout(ask, Number(every));
  };
  if (look !== undefined) setTimeout(ask, Number(every));

  for (const form of document.forms) {
    form.addEventListener("submit", (event) => {
      if (sending) event.preventDefault();
      sending = true;
      setTimeout(() => { sending = false; }, 10000);
    });
  }
})();
