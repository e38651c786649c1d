// What the package holds beside the compiled program, made of it: the JSON Schemas.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { jsonSchema, SCHEMA_NAMES } from '../dist/report/schema.js';

const dist = path.resolve(import.meta.dirname, '../dist');
mkdirSync(path.join(dist, 'schema'), { recursive: true });
for (const name of SCHEMA_NAMES)
  writeFileSync(path.join(dist, 'schema', `${name}.schema.json`), `${JSON.stringify(jsonSchema(name), null, 2)}\n`);
