// Requests to the service that served this page. The token comes with the address once, then lives in this tab only.

import type { Alert, Card, DetectionRow, Timeline, Wall } from "./contract";
import { type Health, readHealth } from "./read_health";
import { readAlert, readCard, readTimeline, readWall } from "./read";
import { type Coverage, type Figures, readCoverage, readFigures } from "./read_coverage";

const KEY = "dronewall.token";

/** Takes the token out of the address, so that a copied address or a screenshot does not give it away. */
export function takeToken(): string | null {
  const address = new URL(location.href);
  const given = address.searchParams.get("token");
  if (given) {
    sessionStorage.setItem(KEY, given);
    address.searchParams.delete("token");
    history.replaceState(null, "", address);
  }
  return given ?? sessionStorage.getItem(KEY);
}

export class Refused extends Error {
  readonly status: number;

  constructor(status: number, sentence: string) {
    super(sentence);
    this.status = status;
  }
}

/** Asks the service that served this page; a body makes it a POST. */
export async function ask(path: string, body?: unknown): Promise<unknown> {
  const headers: Record<string, string> = {};
  const token = sessionStorage.getItem(KEY);
  if (token) headers["Authorization"] = `Bearer ${token}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const method = body === undefined ? "GET" : "POST";
  const sent = body === undefined ? null : JSON.stringify(body);
  let answer: Response;
  try {
    answer = await fetch(`./api/${path}`, { method, headers, body: sent });
  } catch {
    throw new Refused(0, "The service does not answer. Nothing was sent.");
  }
  const text = await answer.text();
  const content: unknown = text.startsWith("{") || text.startsWith("[") ? JSON.parse(text) : text;
  if (!answer.ok) throw new Refused(answer.status, sentenceOf(content, answer.status));
  return content;
}

function sentenceOf(content: unknown, status: number): string {
  const detail = (content as { detail?: unknown } | null)?.detail;
  if (typeof detail === "string") return detail;
  if (Array.isArray(detail)) {
    const parts = detail.map((item: { loc?: unknown[]; msg?: string }) => `${item.loc?.at(-1) ?? ""}: ${item.msg ?? ""}`);
    return parts.join("; ");
  }
  return `The service refused (${status}).`;
}

export type Act = "acknowledge" | "approve" | "cancel" | "all-clear";

export interface Call {
  text: string;
  latitude_deg: number;
  longitude_deg: number;
  radius_m: number;
  seen_at: number;
  contact: string | null;
}

export const api = {
  wall: async (): Promise<Wall> => readWall(await ask("wall")),
  card: async (id: string): Promise<Card> => readCard(await ask(`tracks/${encodeURIComponent(id)}`)),
  detections: async (sensor: string, scan: number): Promise<DetectionRow[]> => {
    const answer = await ask(`detections/${encodeURIComponent(sensor)}/${scan}`);
    const rows = Array.isArray(answer) ? answer : (answer as { rows?: unknown; detections?: unknown });
    return (Array.isArray(rows) ? rows : (rows.rows ?? rows.detections ?? [])) as DetectionRow[];
  },
  act: async (id: string, act: Act, revision: number): Promise<Alert | null> => {
    const answer = await ask(`alerts/${encodeURIComponent(id)}/${act}`, { revision });
    const alert = readAlert((answer as { alert?: unknown } | null)?.alert ?? answer);
    return alert.id ? alert : null;
  },
  call: (call: Call): Promise<unknown> => ask("calls", call),
  replay: (change: { speed?: number; paused?: boolean; t?: number }): Promise<unknown> => ask("replay", change),
  line: (partner: string, cut: boolean): Promise<unknown> => ask(`nations/${encodeURIComponent(partner)}/line`, { cut }),
  takeOver: (id: string, revision: number, authority: string): Promise<unknown> =>
    ask(`nations/alerts/${encodeURIComponent(id)}/acknowledge`, { revision, authority }),
  coverage: async (): Promise<Coverage> => readCoverage(await ask("coverage")),
  coverageAt: async (lat: number, lon: number, of: string): Promise<Figures> =>
    readFigures(await ask(`coverage/at?latitude_deg=${lat.toFixed(6)}&longitude_deg=${lon.toFixed(6)}&of=${encodeURIComponent(of)}`)),
  health: async (): Promise<Health> => readHealth(await ask("health")),
  timeline: async (): Promise<Timeline> => readTimeline(await ask("timeline")),
  token: (): string | null => sessionStorage.getItem(KEY),
};
