// The pages of a sign-in work without this. With it they change the moment that something happens, the time left is
// counted down, and a form that is on its way is not sent twice.
"use strict";

(() => {
  const page = document.querySelector("main");
  const again = page.dataset.again;
  let leaving = false, sending = false;
  for (const form of document.forms) {
    form.addEventListener("submit", (event) => {
      if (sending) event.preventDefault();
      sending = true;
      setTimeout(() => { sending = false; }, 10000);
    });
  }
  if (again === undefined) return;

  const look = () => {
    // A form that is on its way leads on by itself, and leaves a page behind that one can go back to.
    if (leaving || sending) return;
    leaving = true;
    location.replace(again);
  };
  // Whoever is typing is not disturbed by a look that nothing calls for.
  const busy = () => [...document.querySelectorAll("input[name=code]")].some((input) => input.value !== "");

  const countdown = document.getElementById("countdown");
  const spoken = document.getElementById("time-left");
  if (countdown !== null) {
    // By the clock that nobody sets: the server's and this machine's need not agree.
    const end = performance.now() + Number(countdown.dataset.seconds) * 1000;
    let told = Infinity;
    const tick = () => {
      const left = Math.max(0, Math.ceil((end - performance.now()) / 1000));
      countdown.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
      countdown.dateTime = `PT${left}S`;
      for (const at of [60, 30, 10]) {
        if (left <= at && told > at && Number(countdown.dataset.seconds) > at) {
          told = at;
          spoken.textContent = spoken.dataset[`at${at}`];
        }
      }
      // A moment later than the server, which would otherwise say that there is a moment left.
      if (left === 0) setTimeout(look, 750);
      else setTimeout(tick, 250);
    };
    tick();
  }

  const events = new EventSource(page.dataset.events);
  events.addEventListener("changed", () => {
    events.close();
    look();
  });
  events.addEventListener("bye", () => events.close());
  // Where no stream comes through, or the server went away: a look every few seconds does as well. The page stays until the
  // server is there again; a browser's own error page would be the end of it.
  setInterval(async () => {
    if (events.readyState !== EventSource.CLOSED || busy()) return;
    const reply = await fetch(again, { redirect: "manual" }).catch(() => undefined);
    if (reply !== undefined && (reply.ok || reply.type === "opaqueredirect")) look();
  }, 5000);
  // A page that the back button brings out of memory may be out of date.
  addEventListener("pageshow", (event) => {
    if (event.persisted) look();
  });
})();
