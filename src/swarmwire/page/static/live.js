// Keeps the parts of a page as the server says that they are.

const lost = document.getElementById("lost");

export function follow({ live, token }) {
  if (!live) return;
  const of = new URLSearchParams({ of: live, token });
  const events = new EventSource(`/events?${of}`);
  let since = null;
  events.onopen = () => {
    since = null;
    lost.hidden = true;
  };
  events.onerror = () => {
    since ??= new Date().toLocaleTimeString();
    lost.textContent = `The page's server is not heard of since ${since}: what is shown is from then.`;
    lost.hidden = false;
    if (events.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 5000);
  };
  events.onmessage = ({ data }) => take(JSON.parse(data));
}

function take({ all, gone = [], put = [], blind }) {
  if (blind !== undefined) tellBlind(blind);
  const focused = document.activeElement?.closest("[id]")?.id;
  const opened = [...document.querySelectorAll("main details[open][id]")].map((each) => each.id);
  if (all) for (const [, parent] of put) if (isRoot(parent, put)) byId(parent)?.replaceChildren();
  for (const id of gone) byId(id)?.remove();
  for (const [id, parent, before, html] of put) place(id, parent, before, html);
  for (const id of opened) byId(id)?.setAttribute("open", "");
  if (focused && document.activeElement === document.body) refocus(byId(focused));
  if (put.length) document.dispatchEvent(new CustomEvent("parts"));
}

function isRoot(parent, put) {
  return !put.some(([id]) => id === parent);
}

function place(id, parent, before, html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const fresh = template.content.firstElementChild;
  const old = byId(id);
  const within = byId(parent);
  if (!within || !fresh) return;
  const holder = within.querySelector(":scope > ul") ?? within;
  if (old && old.parentElement === holder && !before) old.replaceWith(fresh);
  else {
    old?.remove();
    holder.insertBefore(fresh, sibling(before, holder));
  }
}

function sibling(id, holder) {
  const found = id ? byId(id) : null;
  return found?.parentElement === holder ? found : null;
}

function refocus(element) {
  const target = element?.matches("a,[tabindex]") ? element : element?.querySelector("a,[tabindex]");
  target?.focus({ preventScroll: true });
}

function tellBlind(text) {
  const place = byId("blind");
  place.textContent = text;
  place.hidden = !text;
}

function byId(id) {
  return document.getElementById(id);
}
