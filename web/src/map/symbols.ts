// APP-6 symbols, drawn once per code and size and then kept. Every code passes the gate of sidc.ts.

import ms from "milsymbol";
import { safeSidc } from "../sidc";

export interface SymbolImage {
  canvas: HTMLCanvasElement;
  width: number;
  height: number;
  /** Where the symbol's own centre lies in the image, in the page's pixels. */
  ax: number;
  ay: number;
}

const cache = new Map<string, SymbolImage>();

export function symbolImage(sidc: string, size: number, ratio: number): SymbolImage {
  const key = `${sidc} ${size} ${ratio}`;
  const have = cache.get(key);
  if (have) return have;
  const code = safeSidc(sidc);
  // The page says EXERCISE itself; the X that the exercise context adds to each symbol would only hide the picture.
  const plain = /^\d{20}/.test(code) ? `${code.slice(0, 2)}0${code.slice(3)}` : code;
  const symbol = new ms.Symbol(plain, {
    size: size * ratio,
    civilianColor: false,
    outlineWidth: 3,
    outlineColor: "rgba(0,0,0,0.55)",
  });
  const canvas = symbol.asCanvas();
  const anchor = symbol.getAnchor();
  const image = {
    canvas,
    width: canvas.width / ratio,
    height: canvas.height / ratio,
    ax: anchor.x / ratio,
    ay: anchor.y / ratio,
  };
  cache.set(key, image);
  return image;
}
