"""What the tests ask of the page in its own language: pixels, contrast, words, and what sticks out."""

FORBIDDEN = ("hostile", "enemy", "suspect", "russian drone", "intercept", "weapon", "effector", "attacker", "jamm")

PAINTED = """(() => {
  const at = dronewallProbe.tracks[%s];
  if (!at) return 0;
  const canvas = document.querySelector('#map .overlay');
  const ratio = canvas.width / canvas.clientWidth;
  const size = Math.round(24 * ratio);
  const data = canvas.getContext('2d').getImageData(at.x * ratio - size / 2, at.y * ratio - size / 2, size, size).data;
  let bright = 0;
  for (let i = 0; i < data.length; i += 4) if (data[i + 3] > 200 && data[i] + data[i + 1] > 380) bright += 1;
  return bright;
})()"""
"""How many bright pixels the overlay has round a track's own place; none where it is not on the map."""

CONTRAST = """(() => {
  const parse = (text) => {
    const n = text.match(/[\\d.]+/g).map(Number);
    const unit = text.startsWith('color(') ? 255 : 1;
    return { r: n[0] * unit, g: n[1] * unit, b: n[2] * unit, a: n[3] ?? 1 };
  };
  const lum = ({ r, g, b }) => {
    const [x, y, z] = [r, g, b].map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const ground = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const colour = parse(getComputedStyle(e).backgroundColor);
      if (colour.a > 0.85) return colour;
    }
    return { r: 255, g: 255, b: 255 };
  };
  const poor = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const e = node.parentElement;
    const apart = 'svg, .credit, .scale, .unseen, option';
    if (!node.textContent.trim() || !e.checkVisibility() || e.closest(apart)) continue;
    const style = getComputedStyle(e);
    const [a, b] = [lum(parse(style.color)), lum(ground(e))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) poor.push(`${node.textContent.trim().slice(0, 30)} ${ratio.toFixed(2)}`);
  }
  return poor;
})()"""
"""Texts whose contrast with the ground they stand on is under 4.5 to 1."""

OVERFLOW = """[...document.querySelectorAll('body *')].filter((e) => {
  const b = e.getBoundingClientRect();
  const apart = '#map, .strip-words, .unseen';
  return b.width > 0 && e.checkVisibility() && b.right > innerWidth + 1 && !e.closest(apart);
}).map((e) => e.className || e.tagName)"""
"""Elements that reach beyond the right edge."""
