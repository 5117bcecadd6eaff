// The page on which claims are reviewed, put together: the desk, its panels, the keys.

import "../styles/fonts.css";
import "../styles/base.css";
import "../styles/list.css";
import "../styles/card.css";
import "../styles/sheets.css";
import "../styles/call.css";
import "../styles/review.css";
import "../styles/review_words.css";
import "../styles/review_claim.css";
import "../styles/review_sheets.css";
import "../styles/review_narrow.css";
import { takeToken } from "../api";
import { h, setText } from "../dom";
import { type Key, listenForKeys } from "../keys";
import { decidePanel, onlyRoot } from "./decide";
import { effectPanel } from "./effect";
import { Desk } from "./desk";
import { claimList } from "./list";
import { mergeDialog } from "./merge";
import { keysSheet, logSheet } from "./sheets";
import { wordsPanel } from "./words";

function part(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}

const root = document.documentElement;
const desk = new Desk();
takeToken();
const view = new URLSearchParams(location.hash.slice(1));
root.dataset["theme"] = view.get("theme") === "day" ? "day" : "night";
root.dataset["tab"] = "claims";
if (view.get("show") === "open" || view.get("show") === "conflicts") desk.filter.show = view.get("show") as "open" | "conflicts";
desk.filter.root = view.get("root");
desk.filter.text = view.get("q") ?? "";
desk.chosen = view.get("sel");

const saveView = (): void => {
  const words = new URLSearchParams();
  if (desk.chosen) words.set("sel", desk.chosen);
  if (root.dataset["theme"] === "day") words.set("theme", "day");
  if (desk.filter.show !== "all") words.set("show", desk.filter.show);
  if (desk.filter.root) words.set("root", desk.filter.root);
  if (desk.filter.text) words.set("q", desk.filter.text);
  const next = `#${words.toString()}`;
  if (location.hash !== next) history.replaceState(null, "", next);
};

const theme = (): void => {
  root.dataset["theme"] = root.dataset["theme"] === "day" ? "night" : "day";
  saveView();
};
const show = (filter: "open" | "conflicts"): void => desk.narrow({ show: desk.filter.show === filter ? "all" : filter });

const list = claimList(desk, part("claims"));
wordsPanel(desk, part("words"));
const merging = mergeDialog(desk);
const deciding = decidePanel(desk, part("decide"), merging.open);
effectPanel(desk, part("effect"));
const log = logSheet(desk);

const keys: Key[] = [
  { key: "j", shown: "J", words: "next claim", group: "Claims", act: () => desk.step(1) },
  { key: "k", shown: "K", words: "previous claim", group: "Claims", act: () => desk.step(-1) },
  { key: "ArrowDown", shown: "↓", words: "", group: "Claims", act: () => desk.step(1) },
  { key: "ArrowUp", shown: "↑", words: "", group: "Claims", act: () => desk.step(-1) },
  { key: "n", shown: "N", words: "next that nobody decided about", group: "Claims", act: () => desk.openNext() },
  { key: "u", shown: "U", words: "only unreviewed, or all", group: "Claims", act: () => show("open") },
  { key: "o", shown: "O", words: "only contradicting, or all", group: "Claims", act: () => show("conflicts") },
  { key: "r", shown: "R", words: "only this root, or all", group: "Claims", act: () => onlyRoot(desk) },
  { key: "/", shown: "/", words: "find", group: "Claims", act: () => list.find() },
  { key: "a", shown: "A", words: "accept, and on to the next", group: "Deciding", act: deciding.accept },
  { key: "x", shown: "X", words: "reject, and on to the next", group: "Deciding", act: deciding.reject },
  { key: "e", shown: "E", words: "edit the fields; Enter saves, Esc leaves", group: "Deciding", act: deciding.edit },
  { key: "m", shown: "M", words: "merge this root with another", group: "Deciding", act: merging.open },
  { key: "s", shown: "S", words: "separate: a root of its own", group: "Deciding", act: deciding.separate },
  { key: "l", shown: "L", words: "log of decisions", group: "Page", act: log.open },
  { key: "d", shift: true, shown: "Shift+D", words: "night or day colours", group: "Page", act: theme },
  { key: "?", shown: "?", words: "this help", group: "Page", act: () => help.open() },
  { key: "c", shown: "C, Esc", words: "every claim again", group: "Page", act: () => clear() },
];
const clear = (): void => desk.narrow({ text: "", show: "all", root: null, report: "" });
const help = keysSheet(keys);
document.body.append(merging.element, log.element, help.element);
listenForKeys(keys, clear);

const progress = h("span", { class: "progress", role: "status" });
const bar = h("progress", { max: 1, value: 0, "aria-hidden": "true" });
const line = h("span", { class: "line", role: "status" });
const person = h("span", { class: "role" });
part("topbar").append(
  h("div", { class: "brand" }, h("span", { class: "mark" }, "dronewall"), h("span", { class: "wall-name" }, "review of claims")),
  h("div", { class: "clock" }, bar, progress),
  h(
    "div",
    { class: "tools" },
    line,
    person,
    h("button", { class: "plain", onclick: log.open, title: "What was decided (L)" }, "Log"),
    h("button", { class: "plain", onclick: theme, title: "Night or day colours (Shift+D)" }, "Day / night"),
    h("button", { class: "plain", onclick: help.open, title: "Keys (?)", "aria-label": "Help and keys" }, "?"),
  ),
);
const tab = (id: string, words: string): HTMLElement =>
  h("button", { "aria-pressed": String(id === "claims"), "data-tab": id, onclick: () => turnTo(id) }, words);
const turnTo = (id: string): void => {
  root.dataset["tab"] = id;
  for (const one of part("tabs").children) one.setAttribute("aria-pressed", String((one as HTMLElement).dataset["tab"] === id));
  desk.tell("chosen");
};
part("tabs").append(tab("claims", "Claims"), tab("words", "Words"), tab("decide", "Decide"));
const narrow = matchMedia("(max-width: 760px)");
part("claims").addEventListener("click", (event) => {
  if (narrow.matches && event.target instanceof Element && event.target.closest(".claim-row")) turnTo("words");
});

const drawState = (): void => {
  const done = desk.claims.filter((claim) => claim.verdict !== "open").length;
  setText(progress, `${done} of ${desk.claims.length} reviewed`);
  bar.value = desk.claims.length ? done / desk.claims.length : 0;
  setText(line, desk.running ? "estimate being made anew" : "estimate up to date");
  line.dataset["state"] = desk.running ? "busy" : "live";
  setText(person, desk.may() ? desk.user : `${desk.user}, viewer`);
  const trouble = part("trouble");
  trouble.hidden = desk.trouble === null;
  setText(trouble, desk.trouble ?? "");
};
desk.on("state", drawState);
desk.on("claims", drawState);
desk.on("chosen", saveView);
desk.on("filter", saveView);
desk
  .load()
  .then(() => desk.watch())
  .catch((error: unknown) => {
    desk.trouble = error instanceof Error ? error.message : String(error);
    drawState();
  });
