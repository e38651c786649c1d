// What the package holds beside the compiled program, made of it: the JSON Schemas and the manual page.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { modelOf } from '../dist/cli/command-model.js';
import { manualPage } from '../dist/cli/manual.js';
import { buildProgram } from '../dist/cli/program.js';
import { processSurroundings } from '../dist/cli/surroundings.js';
import { packageVersion } from '../dist/cli/version.js';
import { jsonSchema } from '../dist/report/schema.js';
import { SCHEMA_NAMES } from '../dist/report/schema-names.js';

const dist = path.resolve(import.meta.dirname, '../dist');
mkdirSync(path.join(dist, 'schema'), { recursive: true });
for (const name of SCHEMA_NAMES)
  writeFileSync(path.join(dist, 'schema', `${name}.schema.json`), `${JSON.stringify(jsonSchema(name), null, 2)}\n`);

const EXAMPLES = [
  ['pcapdx front.pcapng', 'Why did requests fail?'],
  ["tcpdump -U -s0 -w - 'tcp port 80' | pcapdx -", 'The same, while it is taken.'],
  ['pcapdx report ring*.pcap -o findings.json', 'Several captures as one, for scripts.'],
  ['pcapdx flows front.pcapng --filter status:502 --format text', 'The connections in which 502 was answered.'],
  ['pcapdx compare before.json after.json', 'Did the change mend it?'],
];
const program = modelOf(buildProgram(processSurroundings(), () => undefined));
mkdirSync(path.join(dist, 'man'), { recursive: true });
writeFileSync(path.join(dist, 'man', 'pcapdx.1'), manualPage(program, packageVersion(), EXAMPLES));
