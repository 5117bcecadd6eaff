// How many pages of cell broadcast a text takes: 82 octets a page, 15 at most, 93 letters of GSM 7-bit or 41 of UCS-2 (3GPP TS 23.038, 23.041).

const BASIC =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const EXTENDED = "^{}\\[~]|€";
export const PAGES = 15;

export interface Fit {
  coding: "GSM-7" | "UCS-2";
  letters: number;
  pages: number;
  fits: boolean;
}

export function fit(text: string): Fit {
  let septets = 0;
  let plain = true;
  for (const letter of text) {
    if (BASIC.includes(letter)) septets += 1;
    else if (EXTENDED.includes(letter)) septets += 2;
    else plain = false;
  }
  const units = plain ? septets : text.length;
  const pages = Math.max(1, Math.ceil(units / (plain ? 93 : 41)));
  return { coding: plain ? "GSM-7" : "UCS-2", letters: [...text].length, pages, fits: pages <= PAGES };
}
