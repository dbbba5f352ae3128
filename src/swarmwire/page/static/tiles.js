// One stop of the Tab key for all tiles, arrow keys between them, and what a task is beside them.

const KEYS = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 1, ArrowUp: -1 };
const details = document.getElementById("details");
let wanted = "";
let timer = 0;

export function walkTiles(nodes) {
  const settle = () => leaveOneStop(nodes);
  settle();
  document.addEventListener("parts", settle);
  nodes.addEventListener("keydown", (event) => move(nodes, event));
  if (!details) return;
  for (const kind of ["pointerover", "focusin"]) {
    nodes.addEventListener(kind, ({ target }) => tell(target.closest("a.t")));
  }
  document.addEventListener("keydown", ({ key }) => key === "Escape" && tell(null));
}

function tilesOf(nodes) {
  return [...nodes.querySelectorAll("a.t")];
}

function leaveOneStop(nodes) {
  const tiles = tilesOf(nodes);
  const stop = tiles.find((each) => each === document.activeElement) ?? tiles[0];
  for (const each of tiles) each.tabIndex = each === stop ? 0 : -1;
}

function move(nodes, event) {
  const step = KEYS[event.key];
  const here = document.activeElement;
  if (!step || !here?.matches("a.t")) return;
  const tiles = tilesOf(nodes);
  const next = tiles[tiles.indexOf(here) + step];
  if (!next) return;
  event.preventDefault();
  here.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}

function tell(tile) {
  clearTimeout(timer);
  if (!tile) {
    wanted = "";
    details.hidden = true;
    return;
  }
  const id = tile.pathname.split("/").pop();
  if (id === wanted) return;
  wanted = id;
  timer = setTimeout(() => show(id), 120);
}

async function show(id) {
  const answer = await fetch(`/facts/${id}`).catch(() => null);
  if (id !== wanted) return;
  details.hidden = !answer?.ok;
  if (answer?.ok) details.innerHTML = await answer.text();
}
