// The report's own text with the claim marked where it stands. Everything in it is written as text, never as markup.

import { h, replace } from "../dom";
import type { Desk } from "./desk";
import { pieces } from "./logic";

export function wordsPanel(desk: Desk, place: HTMLElement): void {
  const head = h("header", { class: "words-head" });
  const text = h("div", { class: "text", tabindex: "0", "aria-label": "Text of the report" });
  place.append(head, text);
  let drawn = "";

  const mark = (): void => {
    for (const one of text.querySelectorAll<HTMLElement>("mark")) {
      one.classList.toggle("on", one.dataset["claim"] === desk.chosen);
      one.classList.toggle("here", one.dataset["mention"] === desk.mention);
    }
    const here = text.querySelector<HTMLElement>("mark.here") ?? text.querySelector<HTMLElement>("mark.on");
    if (here) text.scrollTop = here.offsetTop - text.offsetTop - text.clientHeight / 3;
  };

  const drawHead = (): void => {
    const claim = desk.current();
    const report = desk.assessment?.documents.find((one) => one.name === claim?.head.name);
    if (!claim || !report) {
      replace(head, h("p", { class: "quiet" }, claim ? "The page does not hold this report's text; it stands in the file." : "Choose a claim: its words are shown here where they stand."));
      return;
    }
    const about = [report.publisher, report.published ? `published ${report.published} (${report.published_from ?? "given"})` : "no day of publication", `source grade ${report.source_grade}`];
    const from = report.derived_from ? `${report.derivation ?? "derived"} of ${report.derived_from}` : null;
    replace(
      head,
      h("h2", {}, report.name),
      h("p", { class: "quiet" }, about.filter(Boolean).join(" · ")),
      from && h("p", { class: "derived" }, from),
      claim.mentions.length > 1 &&
        h(
          "p",
          { class: "mentions" },
          "Mentions: ",
          ...claim.mentions.map((one, index) =>
            h("button", { class: "chip", "aria-pressed": String(one.id === desk.mention), onclick: () => desk.choose(claim.key, one.id) }, String(index + 1)),
          ),
        ),
    );
  };

  const drawText = (): void => {
    const name = desk.current()?.head.name ?? "";
    const stamp = `${name} ${desk.assessment?.runs}`;
    if (stamp === drawn) return;
    drawn = stamp;
    const report = desk.assessment?.documents.find((one) => one.name === name);
    const mentions = desk.assessment?.claims.filter((one) => one.name === name) ?? [];
    text.replaceChildren();
    for (const [offset, words] of report?.segments ?? []) {
      for (const piece of pieces(report as NonNullable<typeof report>, offset, words, mentions)) {
        if (piece.mention) {
          const { claim, mention } = piece;
          text.append(h("mark", { "data-claim": claim, "data-mention": mention, onclick: () => desk.choose(claim, mention) }, piece.words));
        } else if (piece.dull) text.append(h("span", { class: "furniture", title: `passed over: ${piece.dull}` }, piece.words));
        else text.append(piece.words);
      }
      if (!desk.assessment?.whole) text.append("\n…\n");
    }
  };

  const draw = (): void => {
    drawHead();
    drawText();
    mark();
  };
  desk.on("chosen", draw);
  desk.on("assessment", draw);
}
