import { jsonSchema, SCHEMA_NAMES } from '../report/schema.js';
import { visible } from '../text/visible.js';
import { EXIT, UsageError } from './exit-code.js';
import type { Surroundings } from './surroundings.js';

/** `pcapdx schema report|flows|finding`. */
export function runSchema(what: string, surroundings: Surroundings): number {
  const name = SCHEMA_NAMES.find((known) => known === what);
  if (name === undefined) throw new UsageError(`schema ${visible(what)}: say ${SCHEMA_NAMES.join(', ')}`);
  surroundings.stdout.write(`${JSON.stringify(jsonSchema(name), null, 2)}\n`);
  return EXIT.ok;
}
