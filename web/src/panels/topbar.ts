// The top line: what wall this is, the time there and in UTC, the state of the line, sound, theme, help.

import { decides } from "../contract";
import { h, replace, setAttribute, setText } from "../dom";
import { age, clockTime, date, zoneName } from "../format";
import { LOST_AFTER_MS, type Socket } from "../socket";
import type { Sound } from "../sound";
import type { Store } from "../store";

export interface TopActions {
  help: () => void;
  call: () => void;
  theme: () => void;
  mute: () => void;
}

export function exerciseStrip(store: Store, strip: HTMLElement): void {
  const show = () => {
    const wall = store.wall;
    if (!wall) return;
    const words = [
      store.coverage ? "RESTRICTED" : null,
      wall.exercise ? "EXERCISE" : null,
      wall.invented_sites ? "INVENTED SITES" : null,
      wall.terrain?.startsWith("synthetic") ? "SYNTHETIC TERRAIN" : null,
    ].filter((word) => word !== null);
    strip.hidden = words.length === 0;
    document.documentElement.dataset["exercise"] = String(wall.exercise);
    replace(strip, h("span", { class: "strip-words" }, ...words.map((word) => h("b", {}, word))));
  };
  store.on("wall", show);
  store.on("coverage", show);
}

export function topbar(store: Store, header: HTMLElement, socket: Socket, sound: Sound, actions: TopActions): () => void {
  const name = h("span", { class: "wall-name" });
  const role = h("span", { class: "role" });
  const local = h("b", { class: "local" });
  const localZone = h("span", { class: "zone" });
  const utc = h("b", { class: "utc" });
  const day = h("span", { class: "day" });
  const line = h("span", { class: "line", role: "status" });
  const mute = h("button", { class: "plain", onclick: actions.mute });
  const theme = h("button", { class: "plain", onclick: actions.theme, title: "Night or day colours (Shift+D)" });
  const call = h("button", { class: "plain", id: "open-call", onclick: actions.call, title: "Enter a call (Shift+C)" }, "Enter a call");
  const help = h("button", { class: "plain", onclick: actions.help, title: "Keys (?)", "aria-label": "Help and keys" }, "?");
  header.append(
    h("div", { class: "brand" }, h("span", { class: "mark" }, "dronewall"), name),
    h(
      "div",
      { class: "clock", "aria-label": "Time of the picture" },
      h("span", { class: "clock-part" }, local, localZone),
      h("span", { class: "clock-part quiet" }, utc, h("span", { class: "zone" }, "UTC")),
      day,
    ),
    h("div", { class: "tools" }, line, role, call, mute, theme, help),
  );
  store.on("wall", () => {
    setText(name, store.wall?.name ?? "");
    setText(role, store.role);
    call.hidden = !decides(store.role);
    document.documentElement.dataset["role"] = store.role;
  });
  return () => {
    const now = store.now();
    const zone = store.timezone();
    if (now > 0) {
      setText(local, clockTime(now, zone));
      setText(localZone, zoneName(now, zone));
      setText(utc, clockTime(now, "UTC"));
      setText(day, date(now, zone));
    }
    const silence = socket.silenceMs();
    const lost = silence > LOST_AFTER_MS;
    setAttribute(line, "data-state", lost ? "lost" : "ok");
    setText(line, lost ? (Number.isFinite(silence) ? `Line lost ${age(silence / 1000)}` : "Connecting") : "Line up");
    setText(mute, sound.words());
    setAttribute(mute, "data-state", sound.state());
    setAttribute(mute, "title", sound.state() === "blocked" ? "The browser waits for a click before it plays sound" : "Alert sound (X)");
    setText(theme, store.view.theme === "night" ? "Day" : "Night");
  };
}

/** The banner over the map when the line is lost: how old what you see is. */
export function lostBanner(store: Store, banner: HTMLElement, socket: Socket): () => void {
  return () => {
    const silence = socket.silenceMs();
    const lost = silence > LOST_AFTER_MS && store.picture !== null;
    if (lost !== store.lineLost) {
      store.lineLost = lost;
      banner.hidden = !lost;
      document.documentElement.dataset["line"] = lost ? "lost" : "ok";
      store.tell("line");
    }
    if (!lost || !store.picture) return;
    const at = clockTime(store.picture.t, store.timezone());
    replace(
      banner,
      h("b", {}, `CONNECTION LOST for ${age(silence / 1000)}`),
      h("span", {}, `What you see is as of ${at} and does not move. Trying again.`),
    );
  };
}
