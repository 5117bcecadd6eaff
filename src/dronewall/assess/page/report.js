"use strict";
const D = JSON.parse(document.getElementById("data").textContent);
const byId = new Map(D.claims.map((c) => [c.id, c]));
const documents = new Map(D.documents.map((d) => [d.name, d]));
const roots = new Map(D.roots.map((r) => [r.id, r]));
const $ = (id) => document.getElementById(id);

function make(tag, attributes, ...children) {
  const svg = ["svg", "g", "path", "rect", "text", "line", "title"].includes(tag) && attributes && attributes.svg;
  const node = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key === "svg" || value === null || value === undefined) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value);
  }
  for (const child of children.flat()) if (child !== null && child !== undefined) node.append(child);
  return node;
}
const number = (x) => x === null || x === undefined ? "none" : Math.abs(x) >= 100 ? Math.round(x).toLocaleString("en") : Number(x.toPrecision(3)).toLocaleString("en", { maximumFractionDigits: 6 });
const cite = (citation) => make("a", { class: "cite", title: citation.file + " " + citation.start + "-" + citation.end, onclick: () => show(citation.claim, true) }, "\u201c" + citation.quote + "\u201d");

/* estimate */
function spark(three, top) {
  const w = 220, x = (v) => 4 + (w - 8) * Math.min(1, v / (top || 1));
  const svg = make("svg", { svg: 1, width: w, height: 16, viewBox: "0 0 " + w + " 16", preserveAspectRatio: "none", class: "spark", role: "img" });
  svg.append(make("line", { svg: 1, x1: 4, x2: w - 4, y1: 8, y2: 8, stroke: "#d7dde3" }), make("rect", { svg: 1, x: x(three.p10), y: 4, width: Math.max(2, x(three.p90) - x(three.p10)), height: 8, fill: "#8fb0cf" }), make("rect", { svg: 1, x: x(three.p50) - 1.5, y: 1, width: 3, height: 14, fill: "#12314f" }));
  return svg;
}
function told(f) {
  const d = f.distribution;
  if (!d) return "none";
  if (d.kind === "sum") return d.components.map((place) => place.name + ": " + (place.distribution.components.length > 1 ? "mixture of " : "") + place.distribution.components.map((c) => told(c)).join(", ")).join("; ");
  if (d.kind === "shares") return Object.entries(d.shares).map(([k, v]) => k + " " + v.join(" / ")).join(", ");
  if (d.kind === "point") return number(d.low);
  return d.kind + " " + [d.low, d.mode, d.high].filter((v) => v !== null).map(number).join(" / ");
}
function estimate() {
  const box = $("estimate-body"), t = D.threat;
  if (t.crossings_per_week) {
    const q = t.crossings_per_week;
    box.append(make("p", { class: "big" }, number(q.p50) + " a week meet this wall (P10 " + number(q.p10) + ", P90 " + number(q.p90) + ")"));
    for (const s of t.statements) box.append(make("div", {}, s));
    box.append(make("p", { class: "hint" }, "Confidence in this estimate: " + t.confidence + "."));
    const labels = Object.entries(t.by_label);
    if (labels.length) box.append(make("p", {}, "By class: " + labels.map(([k, v]) => k + " P50 " + number(v.p50) + " (" + number(v.p10) + " to " + number(v.p90) + ")").join("; ")));
  } else box.append(make("p", { class: "big none" }, "None supported; stress levels only"), make("p", {}, (t.reason || "").replace(/^[^:]*: /, "Missing: ")));
  if (t.changes.length) box.append(make("div", { class: "chip bad" }, "Since the last run"), make("ul", {}, t.changes.map((c) => make("li", {}, c))));
  const table = make("table", {}, make("thead", {}, make("tr", {}, ["factor", "P10 / P50 / P90", "", "stands on"].map((h) => make("th", {}, h)))));
  const body = make("tbody", {});
  for (const f of t.factors) {
    const q = f.quantiles, top = q ? (f.unit === "share" ? 1 : q.p90 * 1.15) : 1;
    const stands = f.citations.length ? f.citations.map((c, i) => [i ? ", " : "", cite(c)]).flat() : f.supported ? [f.judge + ", " + f.signed + ": " + f.reason] : [make("span", { class: "unsigned" }, f.note || "unsigned")];
    body.append(make("tr", { class: f.supported ? "factor" : "factor proposal" }, make("td", { title: f.meaning }, f.name), make("td", {}, q ? [q.p10, q.p50, q.p90].map(number).join(" / ") + (f.unit === "share" ? "" : " " + f.unit) : "none"), make("td", {}, q ? spark(q, top) : ""), make("td", {}, stands, make("div", { class: "hint" }, (f.supported ? "" : "a proposal that carries nothing: ") + told(f)))));
  }
  table.append(body);
  box.append(make("div", { class: "scroll" }, table));
  if (t.drivers.length) {
    const most = Math.max(...t.drivers.map((d) => d.high)), w = 420, svg = make("svg", { svg: 1, width: w + 170, height: 22 * t.drivers.length + 4 });
    t.drivers.forEach((d, i) => svg.append(make("text", { svg: 1, x: 0, y: 22 * i + 15 }, d.factor), make("rect", { svg: 1, x: 130 + w * d.low / most, y: 22 * i + 4, width: Math.max(2, w * (d.high - d.low) / most), height: 14, fill: "#12314f" }, make("title", { svg: 1 }, number(d.low) + " to " + number(d.high) + " a week"))));
    box.append(make("h3", {}, "Drivers: crossings a week with one factor at its P10 and P90"), svg);
  }
  const moved = t.influences.filter((i) => i.quantity === (t.crossings_per_week ? "crossings_per_week" : "capacity"));
  if (moved.length) box.append(make("h3", {}, "What each root does"), make("ul", {}, moved.map((i) => make("li", {}, chip(i.root), " " + i.quantity.replaceAll("_", " ") + ": P50 " + number(i.with_root) + " with it, " + (i.without_root === null ? "none" : number(i.without_root)) + " without it"))));
  if (t.cross_checks.length) box.append(make("h3", {}, "Field counts held against it"), make("ul", {}, t.cross_checks.map((c) => make("li", {}, c.sentence + " ", c.citation ? cite(c.citation) : ""))));
}
function stress() {
  const body = make("tbody", {});
  for (const s of D.threat.stress_levels) body.append(make("tr", {}, make("td", {}, make("b", {}, s.level)), make("td", {}, s.name), make("td", { class: "load" }, number(s.rate_per_day) + " a day", make("small", {}, number(s.rate_per_week) + (s.duration_s < 604800 ? " in " + number(s.duration_s / 3600) + " h" : " a week"))), make("td", {}, s.citations.length ? s.citations.slice(0, 3).map((c, i) => [i ? ", " : "", cite(c)]).flat() : "", make("div", { class: "hint" }, s.anchor))));
  $("stress-body").append(make("table", {}, make("thead", {}, make("tr", {}, ["", "", "load", "anchor"].map((h) => make("th", {}, h)))), body));
}

/* claims and reader */
function chip(id) {
  const root = roots.get(id);
  return make("a", { class: "chip root", title: id, onclick: (e) => { e.stopPropagation(); $("filter").value = id; fill(); location.hash = "claims"; } }, root ? root.label.slice(0, 34) : id);
}
let shown = 0, wanted = [];
function fits(c, words) {
  if ($("volumes").checked && !c.volume && !c.statement) return false;
  if ($("document").value && c.name !== $("document").value) return false;
  const hay = [c.quote, c.figure, c.measure, c.place, c.speaker, c.root, c.name, c.modality, c.status, c.object_class, c.relays.join(" ")].join(" ").toLowerCase();
  return words.every((w) => hay.includes(w));
}
function fill() {
  const words = $("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
  wanted = D.claims.filter((c) => fits(c, words));
  $("table").tBodies[0].replaceChildren();
  shown = 0;
  more();
  const distinct = new Set(wanted.map((c) => c.name + c.claim)).size, kinds = new Set(wanted.map((c) => c.root)).size;
  $("count").textContent = wanted.length + " mentions of " + distinct + " claims from " + kinds + " roots" + (D.all_claims > D.claims.length ? "; the page holds " + D.claims.length + " of " + D.all_claims + ", all are in claims.jsonl" : "");
}
function more() {
  const body = $("table").tBodies[0];
  for (const c of wanted.slice(shown, shown + 200)) {
    const row = make("tr", { class: "row" + (c.modality === "denied" || c.status === "retracted" || c.rejected ? " gone" : ""), tabindex: 0, "data-id": c.id, onclick: () => show(c.id), onkeydown: (e) => keys(e, c.id) },
      make("td", {}, c.statement ? (c.status || "") + " factory" : c.figure, c.object_class !== "any" && c.object_class !== "unknown" ? make("div", { class: "hint" }, c.object_class) : ""),
      make("td", {}, c.statement ? "" : c.measure.replace("_", " "), make("div", { class: "hint" }, c.modality)), make("td", {}, c.place || ""), make("td", {}, c.time_edtf || ""),
      make("td", {}, c.speaker || make("span", { class: "hint" }, "nobody named"), c.relays.length ? make("div", { class: "hint" }, "through " + c.relays.join(", ")) : ""), make("td", {}, chip(c.root)), make("td", {}, c.source_grade + c.item_grade));
    body.append(row);
  }
  shown = Math.min(wanted.length, shown + 200);
  $("more").hidden = shown >= wanted.length;
}
function keys(event, id) {
  if (event.key === "Enter") show(id);
  const to = event.key === "ArrowDown" ? event.currentTarget.nextElementSibling : event.key === "ArrowUp" ? event.currentTarget.previousElementSibling : null;
  if (to) { event.preventDefault(); to.focus(); show(to.dataset.id); }
}
function show(id, jump) {
  const c = byId.get(id);
  if (!c) return;
  for (const row of document.querySelectorAll("tr.on")) row.classList.remove("on");
  const row = document.querySelector("tr[data-id=\"" + CSS.escape(id) + "\"]");
  if (row) row.classList.add("on");
  const d = documents.get(c.name), reader = $("reader");
  const fact = (name, value) => value === null || value === "" || value === undefined ? [] : [make("dt", {}, name), make("dd", {}, value)];
  const list = make("dl", {}, fact("figure", c.statement ? c.status + " factory" : c.figure + " (" + c.bound.replace("_", " ") + ")"), fact("measure", c.measure.replace("_", " ") + ", " + c.modality + (c.status ? ", " + c.status : "")), fact("class", c.object_class), fact("place", c.place),
    fact("time", c.time_edtf ? c.time_edtf + (c.time_words ? " (\u201c" + c.time_words + "\u201d" + (c.time_anchor ? ", published " + c.time_anchor : "") + ")" : "") : c.time_words ? "unknown (\u201c" + c.time_words + "\u201d, no day of publication)" : null), fact("said by", c.speaker || "nobody named"), fact("through", c.relays.join(" \u2192 ") || null),
    fact("hedges", c.hedges.length ? make("span", {}, c.hedges.map((h) => make("span", { class: "chip hedge" }, h))) : null), fact("root", chip(c.root)), fact("came from", c.derived_from.length ? make("span", {}, c.derived_from.map((k) => make("a", { class: "cite", onclick: () => show(k) }, (byId.get(k) || { name: k }).name + " "))) : null),
    fact("grade", c.source_grade + c.item_grade + " (source, item)"), fact("id", c.id + (c.claim !== c.id ? ", mention of " + c.claim : "")), fact("place in file", c.start + " to " + c.end + ", sha256 " + c.quote_sha256.slice(0, 16) + "\u2026"), c.history.map((h) => fact("review", h.who + ", " + h.when + ": " + h.act + (h.field ? " " + h.field + " from " + JSON.stringify(h.before) + " to " + JSON.stringify(h.after) : "") + (h.why ? " (" + h.why + ")" : ""))).flat(), c.notes.map((n) => fact("note", n)).flat());
  const head = make("p", {}, make("b", {}, c.name), " ", d && d.publisher ? d.publisher + ", " : "", d && d.published ? "published " + d.published + " (" + d.published_from + ")" : "no day of publication");
  const text = make("div", { class: "text" });
  if (d) for (const [offset, words] of d.segments) { text.append(...marked(d, offset, words, id)); if (!D.whole) text.append("\n\u2026\n"); }
  reader.replaceChildren(head, list, text);
  const on = text.querySelector("mark.on");
  if (on) reader.scrollTop = Math.max(0, on.offsetTop - reader.offsetTop - 220);
  if (jump) $("claims").scrollIntoView();
}
/* The text as a tree walk counts it is in code points; a JavaScript string is in UTF-16, so it is cut as an array */
function marked(d, offset, words, id) {
  const points = Array.from(words), cuts = new Set([0, points.length]), spans = [];
  for (const c of D.claims) if (c.name === d.name) spans.push({ a: c.text_start - offset, b: c.text_start - offset + Array.from(c.quote).length, id: c.id, size: c.quote.length });
  for (const f of d.furniture) spans.push({ a: f.start - offset, b: f.end - offset, why: f.why });
  for (const s of spans) { if (s.b > 0 && s.a < points.length) { cuts.add(Math.max(0, s.a)); cuts.add(Math.min(points.length, s.b)); } }
  const at = [...cuts].sort((x, y) => x - y), out = [];
  for (let i = 0; i + 1 < at.length; i++) {
    const piece = points.slice(at[i], at[i + 1]).join(""), over = spans.filter((s) => s.a <= at[i] && s.b >= at[i + 1]);
    const chosen = over.find((s) => s.id === id), own = chosen || over.filter((s) => s.id).sort((x, y) => x.size - y.size)[0], dull = over.find((s) => s.why);
    if (own) out.push(make("mark", { class: chosen ? "on" : "", title: byId.get(own.id).figure, onclick: () => show(own.id) }, piece));
    else if (dull) out.push(make("span", { class: "furniture", title: "passed over: " + dull.why }, piece));
    else out.push(piece);
  }
  return out;
}

/* lineage */
function graph() {
  const used = new Map();
  for (const c of D.claims) if (c.volume || c.statement) { if (!used.has(c.root)) used.set(c.root, new Set()); used.get(c.root).add(c.name); }
  let kept = [...used].sort((a, b) => b[1].size - a[1].size);
  const many = D.documents.length > 60;
  if (many) kept = kept.filter(([, names]) => names.size > 1).slice(0, 40);
  const names = [...new Set(kept.flatMap(([, set]) => [...set]).concat(many ? [] : D.documents.map((d) => d.name)))].slice(0, 120);
  const step = 30, height = Math.max(kept.length, names.length) * step + 20, svg = make("svg", { svg: 1, width: 1180, height });
  const y = (i, n) => 14 + (i + 0.5) * (height - 20) / Math.max(1, n);
  const put = (kind, x, at, words, title, act) => svg.append(make("g", { svg: 1, class: "node " + kind, onclick: act }, make("rect", { svg: 1, x, y: at - 11, width: 390, height: 22, rx: 4 }), make("text", { svg: 1, x: x + 8, y: at + 4 }, words.slice(0, 60)), make("title", { svg: 1 }, title)));
  kept.forEach(([root, set], i) => set.forEach((name) => { const j = names.indexOf(name); if (j >= 0) { const a = y(i, kept.length), b = y(j, names.length); svg.append(make("path", { svg: 1, class: "edge", d: "M400 " + a + " C 520 " + a + " 560 " + b + " 680 " + b })); } }));
  for (const d of D.documents) if (d.derived_from && names.includes(d.name) && names.includes(d.derived_from)) { const a = y(names.indexOf(d.derived_from), names.length), b = y(names.indexOf(d.name), names.length); svg.append(make("path", { svg: 1, class: "edge derives", d: "M1070 " + a + " C 1130 " + a + " 1130 " + b + " 1070 " + b }, make("title", { svg: 1 }, d.name + ": " + d.derivation + " of " + d.derived_from + ", " + d.shared_figures + " figures in common, five-word runs " + d.resemblance))); }
  kept.forEach(([root, set], i) => { const r = roots.get(root); put("rootnode", 10, y(i, kept.length), (r ? r.label + " (" + r.claims.length + (r.claims.length === 1 ? " mention)" : " mentions)") : root), root, () => { $("filter").value = root; fill(); location.hash = "claims"; }); });
  names.forEach((name, i) => { const d = documents.get(name); put("", 680, y(i, names.length), name + (d && d.published ? ", " + d.published : ""), d && d.derived_from ? d.derivation + " of " + d.derived_from : name, () => { $("document").value = name; $("filter").value = ""; fill(); location.hash = "claims"; }); });
  $("graph").append(svg, make("p", { class: "hint" }, "Left: roots. Right: documents. Dashed red: one document comes from another."));
}
function findings(id, rows) {
  const list = document.querySelector("#" + id + " ul");
  if (!rows.length) list.append(make("li", {}, "none"));
  for (const f of rows) list.append(make("li", {}, make("span", { class: "kind" }, f.kind), f.sentence + " ", f.claims.map((k, i) => byId.has(k) ? make("a", { class: "cite", onclick: () => show(k, true) }, "[" + (i + 1) + "] ") : "")));
}

const cited = D.threat.factors.flatMap((f) => f.citations).length;
$("summary").textContent = D.all_documents + " documents, " + D.all_claims + " mentions, " + D.roots.length + " roots; " + cited + (cited === 1 ? " citation carries" : " citations carry") + " the chain";
for (const d of [{ name: "" }, ...D.documents]) $("document").append(make("option", { value: d.name }, d.name || "all documents"));
estimate(); stress(); graph(); findings("conflicts", D.conflicts); findings("changes", D.changes);
$("acts").append(D.acts.length ? make("ul", {}, D.acts.map((a) => make("li", {}, a.when + ", " + a.who + ": " + a.kind + " " + (a.claim || a.factor || a.file || a.publisher || (a.roots || []).join(", ")) + (a.why ? " (" + a.why + ")" : "")))) : make("p", { class: "hint" }, "Nobody has reviewed this assessment. Type the same command with --serve for a page to accept, correct and merge; what is decided goes into review.toml beside this page and survives every re-run."));
for (const n of D.notes) $("notes").append(make("li", {}, n));
$("filter").addEventListener("input", fill); $("document").addEventListener("change", fill); $("volumes").addEventListener("change", fill); $("more").addEventListener("click", more);
fill();
const first = D.claims.find((c) => c.volume);
if (first) show(first.id);
