import { describe, expect, it } from "vitest";
import { age, clockTime, count, course, percent, position, shortId, shortIdentity, span, zoneName } from "../src/format";
import { fit } from "../src/gsm";
import { value } from "../src/panels/evidence";
import { timeLeft } from "../src/remaining";
import { allowed, refusedSymbols, safeSidc, UNKNOWN_AIR } from "../src/sidc";

describe("words and numbers", () => {
  it("says a track's id as it is spoken", () => {
    expect(shortId("t-000012")).toBe("T12");
    expect(shortId("lv-radar-1")).toBe("lv-radar-1");
  });
  it("shortens an identity and keeps what tells it from another", () => {
    expect(shortIdentity("icao:4ca1fa")).toBe("4CA1FA");
    expect(shortIdentity("rid:digest-8f21c0a7")).toBe("RID …1c0a7");
  });
  it("never rounds a probability to certainty", () => {
    expect(percent(0.999)).toBe(">99 %");
    expect(percent(0.001)).toBe("<1 %");
    expect(percent(1)).toBe(">99 %");
    expect(percent(0)).toBe("0 %");
  });
  it("reads courses with three digits and north as 000", () => {
    expect(course(0, 1)).toBe("000°");
    expect(course(-1, 0)).toBe("270°");
    expect(course(-1e-9, 1)).toBe("000°");
  });
  it("counts down and past zero", () => {
    expect(span(702)).toBe("11:42");
    expect(span(3727)).toBe("1:02:07");
    expect(span(-65)).toBe("−1:05");
  });
  it("says how old a thing is in the unit that fits", () => {
    expect([0.21, 12, 240, 7200].map(age)).toEqual(["0.2 s", "12 s", "4 min", "2.0 h"]);
  });
  it("shows the time of the place and its zone", () => {
    const t = Date.UTC(2026, 4, 7, 0, 29) / 1000;
    expect(clockTime(t, "Europe/Riga")).toBe("03:29:00");
    expect(zoneName(t, "UTC")).toBe("UTC");
  });
  it("says how long a counted step may still take, once it has gone on for a while", () => {
    const left = timeLeft();
    expect(left({ step: "compiling", done: 0, total: 10 }, 100)).toBe("");
    expect(left({ step: "compiling", done: 1, total: 10 }, 101)).toBe("");
    expect(left({ step: "compiling", done: 2, total: 10 }, 108)).toBe(", about 32 s left");
    expect(left({ step: "reading", done: 5, total: 10 }, 109)).toBe("");
  });
  it("says what stands behind an alert in words, not in keys", () => {
    const said = value("cases", [{ made_ns: 1778113740e9, latitude_deg: 56.51234, place_sd_m: 150, course_deg: null }]);
    expect(said).toBe("last seen 00:29:00 UTC, latitude 56.5123°, place known to 150 m");
  });
  it("groups thousands and names hemispheres", () => {
    expect(count(31000)).toBe("31 000");
    expect(position(-1.5, 27)).toBe("1.5000° S  27.0000° E");
  });
});

describe("cell broadcast", () => {
  it("takes 93 GSM letters or 41 others a page and 15 pages", () => {
    expect(fit("a".repeat(93))).toMatchObject({ coding: "GSM-7", pages: 1, fits: true });
    expect(fit("ē".repeat(42))).toMatchObject({ coding: "UCS-2", pages: 2, fits: true });
    expect(fit("ē".repeat(616)).fits).toBe(false);
  });
  it("counts the extended letters of GSM twice", () => {
    expect(fit("€".repeat(47)).pages).toBe(2);
  });
});

describe("symbols", () => {
  it("lets pending, unknown and neutral pass, in a real picture and in an exercise", () => {
    for (const code of ["10000100001203000000", "10110100001203000000", "10140100001201000000", "SUAPMFQ--------", "SNAPCF---------"]) {
      expect(allowed(code)).toBe(true);
      expect(safeSidc(code)).toBe(code);
    }
  });
  it("draws every other affiliation as unknown, and counts it", () => {
    const before = refusedSymbols();
    for (const digit of ["2", "3", "5", "6", "7", "8", "9"]) expect(safeSidc(`101${digit}0100001203000000`)).toBe(UNKNOWN_AIR);
    for (const letter of ["F", "H", "S", "A", "J", "K"]) expect(safeSidc(`S${letter}APMFQ--------`)).toBe(UNKNOWN_AIR);
    for (const nonsense of ["", "x", "1016", "<svg>"]) expect(safeSidc(nonsense)).toBe(UNKNOWN_AIR);
    expect(refusedSymbols() - before).toBe(17);
  });
});

describe("evidence", () => {
  it("shows each value with the unit that its name says", () => {
    expect(value("course_deg", 258.7)).toBe("259°");
    expect(value("speed_mps", 50)).toBe("180 km/h");
    expect(value("p_exists", 0.75)).toBe("75 %");
    expect(value("sensors", ["lv-ac-01", "t-000003"])).toBe("lv-ac-01, T3");
  });
  it("reads two numbers as an interval", () => {
    expect(value("time_to_zone_s", [510, 720])).toBe("8:30 to 12:00");
  });
});
