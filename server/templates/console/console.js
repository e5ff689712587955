// What the console does besides, where there is a script: every page works without it.
"use strict";

// A button that copies what stands in a box, where the browser can.
for (const box of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) break;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet small";
  button.textContent = box.dataset.copy || (document.documentElement.lang === "ar" ? "نسخ" : "Copy");
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

// Passkeys: what the server says under `…/options` goes to the device, and the form is sent with what the device answered. Without a
// script, or in a browser without passkeys, there is no such form to be seen.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
const text = (buffer) => buffer && btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const askDevice = async (form) => {
  const body = new URLSearchParams(new FormData(form));
  const reply = await fetch(`${form.action}/options`, { method: "POST", body, redirect: "manual" });
  const told = await reply.json().catch(() => null);
  // Signed out, or the link is used up: the form's own page says so.
  if (!told) return form.submit();
  const { ceremony, publicKey, problem } = told;
  if (problem) return problem;
  publicKey.challenge = bytes(publicKey.challenge);
  if (publicKey.user) publicKey.user.id = bytes(publicKey.user.id);
  for (const one of publicKey.excludeCredentials ?? []) one.id = bytes(one.id);
  const made = await navigator.credentials[publicKey.user ? "create" : "get"]({ publicKey });
  const response = {};
  for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    response[part] = text(made.response[part]);
  }
  form.elements.answer.value = JSON.stringify({ id: made.id, rawId: text(made.rawId), type: made.type, response });
  form.elements.ceremony.value = ceremony;
  form.submit();
};

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) break;
  const button = form.querySelector("button");
  const said = form.querySelector("[data-said]");
  form.closest("[hidden]").hidden = false;
  document.querySelectorAll("[data-without]").forEach((one) => { one.hidden = true; });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    said.hidden = true;
    const problem = await askDevice(form).catch((error) => {
      const known = { NotAllowedError: form.dataset.cancelled, InvalidStateError: form.dataset.known };
      return known[error.name] ?? form.dataset.failed;
    });
    button.disabled = false;
    said.hidden = !problem;
    said.textContent = problem ?? "";
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
for (const part of document.querySelectorAll("[data-live]")) setTimeout(follow, 5000, part);

// The band of an application, as its form has it.
for (const band of document.querySelectorAll("[data-face]")) {
  const form = band.closest("form");
  const color = form && form.querySelector("[data-face-color]");
  const name = form && form.querySelector("[data-face-name]");
  if (!color || !name) continue;
  // The luminance of WCAG 2.2: black or white, whichever is easier to read.
  const light = (hex) => {
    const part = (at) => {
      const value = parseInt(hex.slice(at, at + 2), 16) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    };
    const luminance = 0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5);
    return (luminance + 0.05) ** 2 > 0.05 * 1.05;
  };
  const draw = () => {
    band.querySelector("rect").setAttribute("fill", color.value);
    const text = band.querySelector("text");
    text.setAttribute("fill", light(color.value) ? "#000000" : "#ffffff");
    text.textContent = name.value;
  };
  color.addEventListener("input", draw);
  name.addEventListener("input", draw);
}

// The API explorer: makes the call that a form describes, from this browser, and shows what came back. What is secret
// stands in fields without a name, so no form sends it; nothing is kept.
for (const form of document.querySelectorAll("form[data-call]")) {
  const answer = document.getElementById("answer");
  const button = form.querySelector("[data-send]");
  const part = (name) => answer.querySelector(`[data-${name}]`);
  const request = () => {
    const headers = {}, query = new URLSearchParams(), body = {};
    let path = form.dataset.path;
    for (const field of form.querySelectorAll("[data-place]")) {
      const name = field.dataset.name, text = field.value;
      if (field.dataset.place === "path") path = path.replace(`{${name}}`, encodeURIComponent(text));
      else if (text === "") continue;
      else if (field.dataset.place === "query") query.append(name, text);
      else if (field.dataset.place === "header") headers[name] = text;
      else body[name] = "json" in field.dataset ? parsed(text) : text;
    }
    const secret = form.querySelector("[data-secret]"), token = form.querySelector("[data-token]");
    const application = form.querySelector("[name=application]");
    if (secret && application) headers.Authorization = `Basic ${btoa(`${application.value}:${secret.value}`)}`;
    if (token) headers.Authorization = `Bearer ${token.value}`;
    const options = { method: form.dataset.method, headers, credentials: "omit", redirect: "manual", cache: "no-store" };
    if (options.method !== "GET" && Object.keys(body).length > 0) {
      headers["Content-Type"] = "application/json";
      options.body = JSON.stringify(body);
    }
    const asked = query.toString();
    return [form.dataset.root + path.slice(1) + (asked ? `?${asked}` : ""), options];
  };
  const parsed = (text) => {
    try { return JSON.parse(text); } catch { return text; }
  };
  const pretty = (text) => {
    try { return JSON.stringify(JSON.parse(text), null, 2); } catch { return text; }
  };
  const call = async () => {
    button.disabled = true;
    answer.hidden = false;
    for (const name of ["status", "headers", "body"]) part(name).textContent = "";
    const begun = performance.now();
    try {
      const reply = await fetch(...request());
      const text = await reply.text();
      const took = Math.round(performance.now() - begun);
      part("status").textContent = `${reply.status} ${reply.statusText} · ${took} ms`;
      part("headers").textContent = Array.from(reply.headers, ([name, value]) => `${name}: ${value}`).join("\n");
      part("body").textContent = pretty(text).slice(0, 100000);
    } catch {
      part("status").textContent = form.dataset.failed;
    }
    button.disabled = false;
    document.getElementById("answered").focus();
  };
  const application = form.querySelector("[name=application]");
  const client = form.querySelector("[data-client]");
  if (application && client) application.addEventListener("change", () => { client.value = application.value; });
  button.hidden = false;
  button.addEventListener("click", call);
}

const later = (part) => setTimeout(follow, (part.dataset.every ?? 5) * 1000, part);
document.querySelectorAll("[data-live]").forEach(later);
