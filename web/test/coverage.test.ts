import { describe, expect, it } from "vitest";
import { after, chosenLayer, heights, noLayer, readChosen, settled, stem, writeChosen } from "../src/coverage";
import { readCoverage, readFigures } from "../src/read_coverage";

const of = (label: string, height_m: number) => [
  ...["p_look", "p_detect"].flatMap((kind) => ["value", "low", "high"].map((end) => ({ id: `${kind} ${label} ${height_m} ${end}`, kind, label, height_m, end }))),
  { id: `ends ${label} ${height_m}`, kind: "ends", label, height_m, end: "value" },
];
const coverage = readCoverage({
  bounds_deg: [27, 56, 28, 57],
  layers: [
    { id: "lowest", kind: "lowest", end: "value" },
    { id: "site-0", kind: "lowest", site: "radar, north", end: "value" },
    ...of("multirotor", 300),
    ...of("multirotor", 50),
    ...of("balloon", 50),
    { id: "later", kind: "something-new" },
  ],
});

describe("the layer of a coverage", () => {
  it("is the one that is chosen, at the end that is chosen", () => {
    const chosen = { ...noLayer(), kind: "p_detect" as const, label: "multirotor", height_m: 300, end: "low" as const };
    expect(chosenLayer(coverage, chosen)?.id).toBe("p_detect multirotor 300 low");
    expect(chosenLayer(coverage, { ...chosen, kind: "ends" })?.id).toBe("ends multirotor 300");
    expect(stem(coverage, chosen)).toBe("multirotor_300m");
  });
  it("is that of one site or of all", () => {
    const chosen = { ...noLayer(), kind: "lowest" as const };
    expect(chosenLayer(coverage, chosen)?.id).toBe("lowest");
    expect(chosenLayer(coverage, { ...chosen, site: "radar, north" })?.id).toBe("site-0");
  });
  it("is none where none is chosen or there is no coverage", () => {
    expect(chosenLayer(coverage, noLayer())).toBeNull();
    expect(chosenLayer(null, { ...noLayer(), kind: "lowest" })).toBeNull();
  });
  it("falls back to what there is: the first class, the nearest height", () => {
    expect(settled(coverage, { ...noLayer(), label: "glider", height_m: 290 })).toMatchObject({ label: "multirotor", height_m: 300 });
    expect(heights(coverage)).toEqual([50, 300]);
  });
  it("goes round, through none as well", () => {
    expect(after<string | null>([null, "a", "b"], "b")).toBeNull();
    expect(after<string | null>([null, "a", "b"], null)).toBe("a");
  });
  it("that this page does not know is left alone", () => {
    expect(coverage.layers.some((layer) => layer.id === "later")).toBe(false);
  });
});

describe("the choice in the address", () => {
  it("comes back as it was", () => {
    const chosen = { kind: "lowest" as const, label: "balloon", height_m: 37.5, end: "high" as const, site: "radar, north", opacity: 0.4 };
    expect(readChosen(writeChosen(chosen))).toEqual(chosen);
  });
  it("stays at its default where it makes no sense", () => {
    for (const words of ["", "everything", "ends,<b>,-1,never,900"]) {
      const { label, height_m, end, opacity } = readChosen(words);
      expect({ label, height_m, end, opacity }).toEqual({ label: "", height_m: 0, end: "value", opacity: 0.7 });
    }
  });
});

describe("figures at a point", () => {
  it("keep what is unknown unknown", () => {
    const read = readFigures({ lowest_m: null, p_look: { value: null, high: 0.2 }, p_detect: {}, ends: null });
    expect(read).toEqual({ lowest_m: null, p_look: { value: null, high: 0.2 }, p_detect: {}, ends: null });
  });
});
