import { jsonSchema } from '../report/schema.js';
import type { SchemaName } from '../report/schema-names.js';
import { EXIT } from './exit-code.js';
import type { Surroundings } from './surroundings.js';

/** `pcapdx schema NAME`. */
export function runSchema(name: SchemaName, surroundings: Surroundings): number {
  surroundings.stdout.write(`${JSON.stringify(jsonSchema(name), null, 2)}\n`);
  return EXIT.ok;
}
