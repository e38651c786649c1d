/** What the lab says of its samples (samples/lab/parts/take.mjs describes the fields), and what it wrote down when it took them. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

export const SAMPLES = path.resolve(import.meta.dirname, '../../samples');

/** How pcapdx's own decoding finds the packets of a mark: addresses, or `address:port`. */
export interface OwnMark {
  readonly segment?: 'rst' | 'fin';
  readonly request?: string;
  readonly target?: string;
  readonly authority?: string;
  readonly response?: number;
  /** A ClientHello with this server name. */
  readonly hello?: string;
  /** A fatal alert with this number, read in full. */
  readonly alert?: number;
  readonly from?: string;
  readonly to?: string;
}

export interface Mark {
  readonly what: string;
  readonly filter: string;
  readonly count: number | readonly [number, number];
  /** The twin has none. */
  readonly fault?: boolean;
  /** The twin has more. */
  readonly mended?: boolean;
  readonly own?: OwnMark;
}

export interface Sample {
  readonly file: string;
  readonly wrong: string | null;
  readonly diagnosis: string;
  readonly decisive?: readonly string[];
  readonly twin?: string;
  readonly differs?: readonly string[];
  readonly marks: readonly Mark[];
  readonly keys?: false;
}

export interface Scenario {
  readonly name: string;
  readonly samples: readonly Sample[];
}

/** One entry of samples.json. */
export interface SampleRecord {
  readonly scenario: string;
  readonly packets: number;
  readonly bytes: number;
  readonly settings: Readonly<Record<string, readonly string[]>>;
  readonly marks: readonly { readonly what: string; readonly filter: string; readonly frames: readonly number[] }[];
}

/** A module of the lab, which is plain JavaScript: its types are told here. */
async function labPart<T>(name: string): Promise<T> {
  return (await import(path.join(SAMPLES, 'lab/parts', name))) as T;
}

export const { allScenarios } = await labPart<{ allScenarios(): Promise<Scenario[]> }>('scenarios.mjs');
export const { readSampleList, differenceOf } = await labPart<{
  readSampleList(folder: string): Promise<Record<string, SampleRecord>>;
  differenceOf(first: SampleRecord, second: SampleRecord): string[];
}>('sample-list.mjs');
export const { withTables } = await labPart<{
  withTables(readme: string, scenarios: readonly Scenario[], list: Record<string, SampleRecord>): string;
}>('sample-table.mjs');
export const { framesOf } = await labPart<{ framesOf(file: string, filter: string): Promise<number[]> }>('tshark.mjs');

export function readme(): string {
  return readFileSync(path.join(SAMPLES, 'README.md'), 'utf8');
}
