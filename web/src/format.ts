// Words and numbers as a person on watch reads them.

const LABEL_WORDS: Record<string, string> = {
  fixed_wing_piston: "piston wing",
  fixed_wing_small: "small wing",
  multirotor: "multirotor",
  fpv: "small racer",
  agricultural_drone: "farm drone",
  balloon: "balloon",
  bird: "bird",
  flock: "flock",
  aircraft: "aircraft",
  helicopter: "helicopter",
  ground: "on ground",
  unknown: "unknown",
};

const CLOCK_TEXT: Record<string, string> = {
  first_evidence: "First evidence",
  confirmed: "Confirmed",
  drafted: "Drafted",
  shown: "Shown",
  acknowledged: "Acknowledged",
  approved: "Approved",
  sent: "Sent",
  accepted: "Accepted by gateway",
  received: "Received",
  all_clear: "All-clear",
};

const KIND_TEXT: Record<string, string> = {
  radar: "Radar",
  acoustic: "Acoustic",
  remote_id: "Remote ID",
  adsb: "ADS-B",
  observer: "Calls",
  rf_direction: "Direction finder",
  tdoa: "Time difference",
  camera: "Camera",
};

export const LEVEL_WORDS: Record<number, string> = { 1: "Information", 2: "Precaution", 3: "Warning" };

export const labelWords = (label: string): string => LABEL_WORDS[label] ?? label.replaceAll("_", " ");
export const clockWords = (word: string): string => CLOCK_TEXT[word] ?? sentence(word);
export const kindWords = (kind: string): string => KIND_TEXT[kind] ?? sentence(kind);
export const sentence = (word: string): string => {
  const plain = word.replaceAll("_", " ");
  return plain.charAt(0).toUpperCase() + plain.slice(1);
};

/** `t-000012` as it is spoken: `T12`. What does not look like it stays as it is. */
export function shortId(id: string): string {
  const found = /^([a-z])-0*(\d+)$/.exec(id);
  return found ? `${found[1]?.toUpperCase()}${found[2]}` : id;
}

/** The beginning of a flight's id, enough to find it by. */
export const shortFlight = (id: string): string => `flight ${id.startsWith("plan-") ? id : id.slice(0, 8)}`;

/** The part of an identity that fits a tag; a digest stays recognisable by its end. */
export function shortIdentity(identity: string): string {
  const [scheme, rest = ""] = identity.split(/:(.*)/s);
  if (scheme === "icao") return rest.toUpperCase();
  const tail = rest.length > 6 ? `…${rest.slice(-5)}` : rest;
  return scheme === "rid" ? `RID ${tail}` : tail;
}

const grouped = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });
export const count = (value: number): string => grouped.format(value).replaceAll(",", " ");
/** A probability; what was rounded to one on its way here is still no certainty. */
export const percent = (p: number): string => {
  if (p > 0.99) return ">99 %";
  if (p > 0 && p < 0.01) return "<1 %";
  return `${Math.round(p * 100)} %`;
};
export const metres = (value: number | null): string => (value === null ? "–" : `${count(Math.round(value) + 0).replace("-", "−")} m`);
export const kilometres = (value_m: number): string =>
  value_m < 1000 ? `${Math.round(value_m)} m` : `${(value_m / 1000).toFixed(value_m < 10_000 ? 1 : 0)} km`;
export const kmh = (mps: number): string => `${Math.round(mps * 3.6)} km/h`;

/** Course over ground as it is read aloud: `087°`. */
export function course(east: number, north: number): string {
  const degrees = Math.round((Math.atan2(east, north) * 180) / Math.PI + 360) % 360;
  return `${String(degrees).padStart(3, "0")}°`;
}

/** A span of time: `4 s`, `11:42`, `1:02:07`. */
export function span(seconds: number): string {
  const whole = Math.max(0, Math.floor(Math.abs(seconds)));
  const sign = seconds <= -1 ? "−" : "";
  const h = Math.floor(whole / 3600);
  const m = Math.floor((whole % 3600) / 60);
  const s = String(whole % 60).padStart(2, "0");
  return h > 0 ? `${sign}${h}:${String(m).padStart(2, "0")}:${s}` : `${sign}${m}:${s}`;
}

/** An age: `0.4 s`, `12 s`, `4 min`. */
export function age(seconds: number): string {
  if (seconds < 0.95) return `${Math.max(0, seconds).toFixed(1)} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

const formats = new Map<string, Intl.DateTimeFormat>();
function formatter(zone: string, parts: "time" | "minutes" | "date" | "name"): Intl.DateTimeFormat {
  const key = `${zone} ${parts}`;
  let made = formats.get(key);
  if (!made) {
    const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
    const options: Record<typeof parts, Intl.DateTimeFormatOptions> = {
      time: { ...clock, second: "2-digit" },
      minutes: clock,
      date: { day: "numeric", month: "short", year: "numeric" },
      name: { timeZoneName: "short" },
    };
    made = new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options[parts] });
    formats.set(key, made);
  }
  return made;
}

export const clockTime = (t: number, zone: string): string => formatter(zone, "time").format(t * 1000);
export const clockMinutes = (t: number, zone: string): string => formatter(zone, "minutes").format(t * 1000);
export const date = (t: number, zone: string): string => formatter(zone, "date").format(t * 1000);
/** The zone's short name at that time: `GMT+3`. */
export function zoneName(t: number, zone: string): string {
  const parts = formatter(zone, "name").formatToParts(t * 1000);
  return parts.find((part) => part.type === "timeZoneName")?.value.replace("GMT", "UTC") ?? zone;
}

export function position(lat: number, lon: number): string {
  const ns = lat < 0 ? "S" : "N";
  const ew = lon < 0 ? "W" : "E";
  return `${Math.abs(lat).toFixed(4)}° ${ns}  ${Math.abs(lon).toFixed(4)}° ${ew}`;
}
