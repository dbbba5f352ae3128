// What is new comes from the server, part by part; the page works without this, but stands still.
import { follow } from "./live.js";
import { walkTiles } from "./tiles.js";
import { acceptDrops } from "./drop.js";

follow(document.body.dataset);
for (const nodes of document.querySelectorAll(".nodes")) walkTiles(nodes);
acceptDrops(document.getElementById("drop"));

const filters = document.getElementById("filters");
filters?.addEventListener("change", () => filters.requestSubmit());
