// What the service tells of an assessment under review (src/dronewall/assess/router.py), and how it is asked.

import { ask } from "../api";

export interface Past {
  act: string;
  who: string;
  when: string;
  why: string;
  field?: string;
  before?: unknown;
  after?: unknown;
}

/** One mention of a claim in a report. */
export interface Mention {
  id: string;
  claim: string;
  name: string;
  quote: string;
  figure: string;
  measure: string;
  bound: string;
  low: number | null;
  high: number | null;
  unit: string;
  per: string | null;
  object_class: string;
  place: string | null;
  time_edtf: string | null;
  time_words: string | null;
  speaker: string | null;
  relays: string[];
  hedges: string[];
  modality: string;
  status: string | null;
  source_grade: string;
  item_grade: string;
  root: string;
  rejected: boolean;
  notes: string[];
  history: Past[];
  text_start: number;
  in_title: boolean;
  statement: boolean;
  volume: boolean;
}

export interface Report {
  name: string;
  publisher: string | null;
  published: string | null;
  published_from: string | null;
  url: string | null;
  source_grade: string;
  derived_from: string | null;
  derivation: string | null;
  segments: [number, string][];
  furniture: { start: number; end: number; why: string }[];
}

export interface Root {
  id: string;
  label: string;
  documents: string[];
  claims: string[];
}

export interface Finding {
  kind: string;
  sentence: string;
  claims: string[];
}

export interface Quantiles {
  p10: number;
  p50: number;
  p90: number;
}

export interface Summary {
  capacity_per_year: Quantiles | null;
  crossings_per_week: Quantiles | null;
  reason: string | null;
  claims_that_count: number;
  roots: number;
  conflicts: number;
  stress_levels_per_week: Record<string, number>;
}

export interface Act {
  kind: string;
  who: string;
  when: string;
  why?: string;
  claim?: string;
  roots?: string[];
  set?: Record<string, unknown>;
  factor?: string;
  file?: string;
  publisher?: string;
}

export interface State {
  runs: number;
  behind: boolean;
  running: boolean;
  failure: string | null;
  version: string;
  user: string;
  role: string;
}

export interface Assessment extends State {
  documents: Report[];
  claims: Mention[];
  all_claims: number;
  whole: boolean;
  roots: Root[];
  conflicts: Finding[];
  changes: Finding[];
  notes: string[];
  now: Summary;
  effect: { before: Summary; after: Summary; said: string[] } | null;
  acts: Act[];
  choices: Record<string, string[]>;
}

export interface Decision {
  kind: "accept" | "reject" | "correct" | "separate" | "merge";
  claim?: string;
  set?: Record<string, string | number | string[]>;
  roots?: string[];
  why: string;
}

export interface Decided {
  version: string;
  acts: Act[];
  running: boolean;
}

export const service = {
  whole: async (): Promise<Assessment> => (await ask("assess")) as Assessment,
  state: async (): Promise<State> => (await ask("assess/state")) as State,
  decide: async (decision: Decision, seen: string): Promise<Decided> => (await ask("assess/acts", { ...decision, seen })) as Decided,
};
