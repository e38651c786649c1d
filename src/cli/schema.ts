import { jsonSchema } from '../report/schema.js';
import { visible } from '../text/visible.js';
import { EXIT, UsageError } from './exit-code.js';
import type { Surroundings } from './surroundings.js';

/** `pcapdx schema report|flows`. */
export function runSchema(what: string, surroundings: Surroundings): number {
  if (what !== 'report' && what !== 'flows') throw new UsageError(`schema ${visible(what)}: say report or flows`);
  surroundings.stdout.write(`${JSON.stringify(jsonSchema(what), null, 2)}\n`);
  return EXIT.ok;
}
