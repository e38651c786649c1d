import { GZIP } from './gzip.js';
import type { Look } from './look.js';
import type { Packing } from './unpacked-feed.js';
import { ZSTD } from './zstd.js';

const PACKINGS: Readonly<Partial<Record<Look['kind'] | 'text', Packing>>> = { gzip: GZIP, zstd: ZSTD };

/** What unpacks data of this kind; `null`: they are not packed, or with something that is not unpacked here. */
export function packingOf(kind: Look['kind'] | 'text'): Packing | null {
  return PACKINGS[kind] ?? null;
}
