// The keys, tar1090's letters where they fit. One table makes both the working and the help.

export interface Key {
  key: string;
  shift?: boolean;
  shown: string;
  words: string;
  group: "Map" | "Tracks" | "Warnings" | "Page" | "Claims" | "Deciding";
  act: () => void;
}

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.matches("input:not([type=range]), textarea, select") || target.isContentEditable);

export function listenForKeys(keys: readonly Key[], escape: () => void): void {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Escape") {
      if (typing(event.target)) (event.target as HTMLElement).blur();
      else escape();
      return;
    }
    if (typing(event.target)) return;
    const onControl = event.target instanceof HTMLElement && event.target.matches("button, summary, [role=tab], input");
    if (onControl && (event.key === " " || event.key === "Enter" || event.key.startsWith("Arrow"))) return;
    const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const letter = /^[a-z]$/.test(name);
    const found = keys.find((one) => one.key === name && (!letter || Boolean(one.shift) === event.shiftKey));
    if (!found || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    found.act();
  });
}
