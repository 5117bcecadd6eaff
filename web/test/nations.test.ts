import { describe, expect, it } from "vitest";
import { certificateSays } from "../src/panels/nations";
import { readMessage } from "../src/read";

const SAID = {
  type: "nations",
  nation: "LT",
  partners: [{ partner: "LV", up: false, why: "nobody is at the other end", heard_s: 28, waiting: 88, we_release: { tracks: ["label"] } }],
  things: [{ id: "LV-A", owners: ["LV"], own: null, age_s: 3, disagrees: [], lat: 56, lon: 27, tracks: [{ id: "LV-A", owner: "LV", not_given: ["height"] }] }],
  taken: [{ partner: "LV", alert: { id: "LV-B", revision: 2, message: "all_clear" }, over: true, acknowledged: false }],
};

describe("the company of nations", () => {
  it("is read with what is missing as null", () => {
    const message = readMessage(SAID);
    if (message?.type !== "nations") throw new Error("it is no message of nations");
    const { partners, things, taken, given } = message.nations;
    expect(partners[0]).toMatchObject({ up: false, waiting: 88, cut: null, tracks: ["label"], alerts: [] });
    expect(things[0]).toMatchObject({ lat: 56, ve: null, tracks: [{ not_given: ["height"], grid_m: null }] });
    expect(taken[0]).toMatchObject({ id: "LV-B", over: true, level: null });
    expect(given).toEqual([]);
  });
  it("says in time whose certificate ends", () => {
    const certificates = [{ of: "LT", until: "2026-12-01T00:00:00Z", days: 8, state: "ends_soon" }, { of: "LV", until: "2026-11-01T00:00:00Z", days: 0, state: "ended" }];
    const message = readMessage({ ...SAID, certificates, refused_at_the_door: { "it showed no certificate": 3 } });
    if (message?.type !== "nations") throw new Error("it is no message of nations");
    expect(message.nations.certificates.map((one) => certificateSays(one, "LT"))).toEqual([
      "Our certificate ends on 2026-12-01, in 8 days",
      "The certificate of LV ended on 2026-11-01: the line is closed",
    ]);
    expect(message.nations.refused_at_the_door).toEqual([["it showed no certificate", 3]]);
  });
  it("stands up to a message that is anything", () => {
    for (const odd of [{ type: "nations" }, { type: "nations", partners: "x", things: [null, 5], taken: [{}] }]) {
      expect(readMessage(odd)?.type).toBe("nations");
    }
  });
});
