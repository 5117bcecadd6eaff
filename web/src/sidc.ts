// The one gate through which every APP-6 symbol passes: pending, unknown or neutral, and nothing else, whatever a message claims.

/** An unmanned aircraft, affiliation unknown (2525D). */
export const UNKNOWN_AIR = "10010100001103000000";

const ALLOWED_DIGITS = new Set(["0", "1", "4"]); // pending, unknown, neutral
const ALLOWED_LETTERS = new Set(["P", "U", "N", "G", "W", "L"]); // the same, and the same of an exercise

let refused = 0;

/** How many symbols came with an affiliation that this page does not draw. */
export const refusedSymbols = (): number => refused;

/** Whether a symbol code says pending, unknown or neutral. */
export function allowed(sidc: string): boolean {
  if (/^\d{20}(\d{10})?$/.test(sidc)) return ALLOWED_DIGITS.has(sidc.charAt(3));
  if (/^[A-Z*-]{10,15}$/.test(sidc)) return ALLOWED_LETTERS.has(sidc.charAt(1));
  return false;
}

/** The code itself where it is allowed; else the unknown symbol, counted. */
export function safeSidc(sidc: string): string {
  if (allowed(sidc)) return sidc;
  refused += 1;
  return UNKNOWN_AIR;
}
