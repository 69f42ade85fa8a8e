// Makes pages that work without a script quicker: choices swap the page's content in place, charts take arrow keys.

const live = () => document.querySelector(".live");
let running = null;

function say(text) {
  const place = live();
  place.textContent = text;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => (place.textContent = ""), 2500);
}

/** Shows another address of the dashboard in place; a slower answer to an earlier click never replaces a later one. */
async function show(url, push, focus) {
  running?.abort();
  const mine = (running = new AbortController());
  const main = document.querySelector("main");
  main.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(url, { signal: mine.signal, headers: { Accept: "text/html" } });
    if (!(response.headers.get("Content-Type") ?? "").startsWith("text/html")) {
      location.assign(url);
      return;
    }
    const unfolded = location.pathname === url.pathname ? document.querySelectorAll("details.behind[id][open]") : [];
    const next = new DOMParser().parseFromString(await response.text(), "text/html");
    if (mine.signal.aborted) return;
    if (push) history.pushState(null, "", response.url);
    document.title = next.title;
    for (const part of ["main", "header.site"]) {
      const place = document.querySelector(part);
      const content = next.querySelector(part);
      if (place && content) place.replaceWith(document.adoptNode(content));
    }
    for (const one of unfolded) document.getElementById(one.id)?.setAttribute("open", "");
    prepare();
    const again = focus && document.getElementById(focus);
    (again?.querySelector("summary") ?? again ?? document.querySelector("main")).focus({ preventScroll: Boolean(again) });
    if (!again) scrollTo(0, 0);
    say(response.ok ? `Shown: ${document.title}` : "This cannot be shown");
  } catch (error) {
    if (error.name !== "AbortError") location.assign(url);
  } finally {
    if (running === mine) document.querySelector("main").removeAttribute("aria-busy");
  }
}

const swaps = (url) => url.origin === location.origin && /^\/(pages\/[^./]+(\/values)?|(lists|conversations|people|messages|receipts)\/[^./]+)$/.test(url.pathname);

const isOnThisPage = (url) => url.hash && url.pathname === location.pathname && url.search === location.search;

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const href = link.href.baseVal ?? link.getAttribute("href");
  const url = new URL(href, location.href);
  if (link.dataset.copy !== undefined) {
    event.preventDefault();
    // Without HTTPS only this machine's own browser has a clipboard.
    Promise.resolve(navigator.clipboard ?? Promise.reject()).then((clipboard) => clipboard.writeText(url.href)).then(
      () => say("The link is copied"),
      () => location.assign(url),
    );
  } else if ((swaps(url) || link.matches(".sort")) && !isOnThisPage(url)) {
    event.preventDefault();
    show(url, true, link.closest(".menu")?.id ?? (link.closest("th") && link.id));
  }
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  const url = new URL(form.getAttribute("action") ?? location.pathname, location.href);
  if (form.method !== "get" || !swaps(url)) return;
  event.preventDefault();
  url.search = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
  show(url, true, form.closest(".menu")?.id);
});

addEventListener("popstate", () => show(new URL(location.href), false));

/** One menu is open at a time; Escape and a click elsewhere close it. */
document.addEventListener("pointerdown", (event) => closeMenus(event.target.closest(".menu")));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.querySelector(".menu[open]");
  closeMenus(null);
  open?.querySelector("summary").focus();
});

function closeMenus(except) {
  for (const menu of document.querySelectorAll(".menu[open]")) if (menu !== except) menu.open = false;
}

/** A chart is one stop of the Tab key; arrows go from bar to bar, up and down within a bar. */
document.addEventListener("keydown", (event) => {
  const link = event.target.closest?.(".chart a");
  if (!link) return;
  const bars = [...link.closest(".chart").querySelectorAll(".bar")].filter((bar) => bar.querySelector("a"));
  const bar = link.closest(".bar");
  const place = bars.indexOf(bar);
  const own = [...bar.querySelectorAll("a")];
  const steps = {
    ArrowRight: () => bars[place + 1]?.querySelector("a"),
    ArrowLeft: () => bars[place - 1]?.querySelector("a"),
    Home: () => bars[0].querySelector("a"),
    End: () => bars.at(-1).querySelector("a"),
    ArrowUp: () => own[own.indexOf(link) + 1],
    ArrowDown: () => own[own.indexOf(link) - 1],
  };
  const next = steps[event.key]?.();
  if (!steps[event.key]) return;
  event.preventDefault();
  if (!next) return;
  link.setAttribute("tabindex", "-1");
  next.setAttribute("tabindex", "0");
  next.focus();
  say(next.getAttribute("aria-label"));
});

/** Light or dark is kept in a cookie, so that the next page is drawn right at once. */
function themeSwitch() {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "theme";
  const root = document.documentElement;
  const dark = () => (root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const label = () => (button.textContent = dark() ? "Light" : "Dark");
  button.addEventListener("click", () => {
    root.dataset.theme = dark() ? "light" : "dark";
    document.cookie = `theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax`;
    label();
  });
  label();
  document.querySelector("header.site").append(button);
}

/** Makes a part of the page like another one. What is the same already stays, and with it focus and open menus. */
function morph(now, next) {
  if (now.isEqualNode(next)) return;
  if (now.nodeType !== 1 || now.nodeName !== next.nodeName || now.childNodes.length !== next.childNodes.length) {
    now.replaceWith(document.adoptNode(next));
    return;
  }
  for (const name of now.getAttributeNames()) if (name !== "open" && !next.hasAttribute(name)) now.removeAttribute(name);
  for (const { name, value } of next.attributes) if (now.getAttribute(name) !== value) now.setAttribute(name, value);
  const wanted = [...next.childNodes];
  for (const [place, child] of [...now.childNodes].entries()) morph(child, wanted[place]);
}

/** What is in progress is asked for again every few seconds, unless nobody looks or the reader has switched it off. */
async function refresh() {
  const part = document.querySelector("[data-live]");
  const wanted = document.querySelector(".by-itself input")?.checked;
  if (part && wanted && !document.hidden) {
    try {
      // The server does not count this as a sign that the reader is there.
      const response = await fetch(location.href, { headers: { Accept: "text/html", "X-Refresh": "1" } });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const next = page.querySelector("[data-live]");
      if (!response.ok || !next) throw new Error();
      if (part.isConnected) morph(part, next);
    } catch {
      say("This page could not be refreshed");
    }
  }
  setTimeout(refresh, 3000);
}

function refreshSwitch() {
  const link = document.querySelector("[data-refresh]");
  if (!link) return;
  const label = document.createElement("label");
  label.className = "by-itself";
  const box = document.createElement("input");
  box.type = "checkbox";
  box.checked = true;
  label.append(box, " Refresh by itself");
  link.before(label);
}

function prepare() {
  document.querySelector("nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  themeSwitch();
  refreshSwitch();
}

prepare();
setTimeout(refresh, 3000);
