// The colours of the map in its two themes. Colour never says anything alone: shape, dash or words say it too.

export interface Palette {
  water: string;
  land: string;
  homeland: string;
  borders: string;
  wallBorder: string;
  wallBorderCasing: string;
  graticule: string;
  place: string;
  country: string;
  halo: string;
  zone: string;
  radar: string;
  acoustic: string;
  receiver: string;
  sensor: string;
  ok: string;
  poor: string;
  bad: string;
  track: string;
  calmTrack: string;
  cooperative: string;
  tentative: string;
  tag: string;
  selected: string;
  presence: string;
  information: string;
  precaution: string;
  warning: string;
  detection: string;
  hole: string;
}

const night: Palette = {
  water: "#070d12",
  land: "#151d23",
  homeland: "#192128",
  borders: "#33434f",
  wallBorder: "#b9a27a",
  wallBorderCasing: "#0a1218",
  graticule: "#1f2a33",
  place: "#93a3af",
  country: "#51616d",
  halo: "#0b1116",
  zone: "#6f9fc2",
  radar: "#6fa8c9",
  acoustic: "#7d9a86",
  receiver: "#8c8aa8",
  sensor: "#a9b8c2",
  ok: "#8fcfa0",
  poor: "#e6b95c",
  bad: "#ff8a73",
  track: "#f3ead0",
  calmTrack: "#8d9aa3",
  cooperative: "#9fd6a8",
  tentative: "#cdbf85",
  tag: "#e3e9ec",
  selected: "#ffffff",
  presence: "#d8b45f",
  information: "#8fb8d8",
  precaution: "#eeb04c",
  warning: "#ff7d64",
  detection: "#7fd3e6",
  hole: "#c98a6a",
};

const day: Palette = {
  water: "#cfdde6",
  land: "#f1f0eb",
  homeland: "#f7f6f1",
  borders: "#a5b0b6",
  wallBorder: "#6d4f1d",
  wallBorderCasing: "#ffffff",
  graticule: "#dcdfdc",
  place: "#43535e",
  country: "#87939b",
  halo: "#fbfaf6",
  zone: "#2d6690",
  radar: "#2c6f97",
  acoustic: "#3f6f50",
  receiver: "#5b568c",
  sensor: "#3d4b55",
  ok: "#22713a",
  poor: "#8a5a00",
  bad: "#b3261e",
  track: "#2a2412",
  calmTrack: "#66727a",
  cooperative: "#1f6b34",
  tentative: "#6c5c1a",
  tag: "#16202a",
  selected: "#000000",
  presence: "#8a6100",
  information: "#245f8c",
  precaution: "#9a5b00",
  warning: "#b3261e",
  detection: "#00697d",
  hole: "#94451c",
};

export const palettes = { night, day };
export type Theme = keyof typeof palettes;
