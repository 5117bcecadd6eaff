// Where each track's tag stands, so that none covers another: a few places round the symbol, the last one first.

export interface Box {
  x: number;
  y: number;
  w: number;
  h: number;
}

export interface TagWish {
  id: string;
  x: number;
  y: number;
  w: number;
  h: number;
  /** Direction of motion on the screen, radians; the tag keeps off the speed vector. */
  heading: number | null;
}

const SIDES: [number, number][] = [
  [1, -1],
  [1, 1],
  [-1, -1],
  [-1, 1],
  [1, 0],
  [-1, 0],
  [0, -1],
  [0, 1],
];
const GAPS = [15, 34, 62];
const overlap = (a: Box, b: Box): boolean => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

function place(wish: TagWish, side: number, gap: number): Box {
  const [sx, sy] = SIDES[side] ?? [1, -1];
  const reach = sx !== 0 && sy !== 0 ? gap * 0.8 : gap;
  const x = sx === 0 ? wish.x - wish.w / 2 : sx > 0 ? wish.x + reach : wish.x - reach - wish.w;
  const y = sy === 0 ? wish.y - wish.h / 2 : sy > 0 ? wish.y + reach * 0.6 : wish.y - reach * 0.6 - wish.h;
  return { x, y, w: wish.w, h: wish.h };
}

/** The eight sides in the order of liking: away from where the thing flies first. */
function liking(heading: number | null): number[] {
  const order = SIDES.map((_, i) => i);
  if (heading === null) return order;
  const along = (side: number): number => {
    const [sx, sy] = SIDES[side] ?? [1, -1];
    return (Math.cos(heading) * sx + Math.sin(heading) * sy) / Math.hypot(sx, sy);
  };
  return order.sort((a, b) => (along(a) > 0.8 ? 1 : 0) - (along(b) > 0.8 ? 1 : 0) || a - b);
}

export class TagLayout {
  private readonly kept = new Map<string, [side: number, gap: number]>();

  /** A box for each wish, first come first served; null where there is no room left. `taken` are symbols and the like. */
  lay(wishes: readonly TagWish[], taken: readonly Box[]): (Box | null)[] {
    const used: Box[] = [...taken];
    return wishes.map((wish) => {
      const box = this.find(wish, used);
      if (box) used.push(box);
      return box;
    });
  }

  private find(wish: TagWish, used: readonly Box[]): Box | null {
    const free = (box: Box) => !used.some((other) => overlap(box, other));
    const last = this.kept.get(wish.id);
    if (last) {
      const box = place(wish, ...last);
      if (free(box)) return box;
    }
    const order = liking(wish.heading);
    for (const gap of GAPS) {
      for (const side of order) {
        const box = place(wish, side, gap);
        if (free(box)) {
          this.kept.set(wish.id, [side, gap]);
          return box;
        }
      }
    }
    return null;
  }

  forget(live: ReadonlySet<string>): void {
    for (const id of this.kept.keys()) if (!live.has(id)) this.kept.delete(id);
  }
}
