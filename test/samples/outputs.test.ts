/** Each sample in each output: by the schemas, the same twice, and without the secrets that stand in it in clear. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { run } from '../../src/cli/main.js';
import { buildProgram } from '../../src/cli/program.js';
import { analyze } from '../../src/pipeline/analyze.js';
import { saltOf } from '../../src/pipeline/run-salt.js';
import { flowLine } from '../../src/report/flow.js';
import { findingLines, jsonReport, reportDocument } from '../../src/report/json.js';
import { flowSchema } from '../../src/report/schema/flow.js';
import { jsonSchema, reportSchema } from '../../src/report/schema.js';
import { textReport } from '../../src/report/text.js';
import { Redaction } from '../../src/text/redaction.js';
import { World } from '../cli/surroundings.js';
import { input, PLAIN } from '../report/analyses.js';
import { SAMPLES } from './scenarios.js';

const samples = readdirSync(SAMPLES).filter((file) => /\.pcap(ng)?$/.test(file));
const ajv = new Ajv2020({ strict: true });
const isReport = ajv.compile(jsonSchema('report'));

/** Values of cookies and credentials that a capture holds in clear. */
function secretsIn(file: string): string[] {
  const bytes = readFileSync(path.join(SAMPLES, file)).toString('latin1');
  const lines = bytes.matchAll(/\r\n(?:set-cookie|cookie|(?:proxy-)?authorization): ([^\r\n]+)/gi);
  const values = [...lines].flatMap(([, value = '']) =>
    value.split(/; ?/).map((part) => part.replace(/^[\w-]+[= ]/, '')),
  );
  // What is short stands elsewhere too; attributes of cookies are none.
  return [...new Set(values)].filter((value) => /\d/.test(value) && value.length >= 5 && !/^[A-Z]|\//.test(value));
}

/** The outputs of reports and flows that are made of what was read once. */
async function outputsOf(file: string) {
  const flows: string[] = [];
  const files = [path.join(SAMPLES, file)];
  const redaction = new Redaction(false, () => saltOf(files));
  const { analysis, errors } = await analyze({
    files,
    onConnection: (connection) => {
      const line = flowLine(connection, redaction);
      expect(flowSchema.parse(line)).toEqual(line);
      flows.push(JSON.stringify(line));
    },
  });
  expect([errors, analysis.ruleFailures]).toEqual([[], []]);
  const made = input(analysis, { maxOccurrences: 20 });
  const document = reportDocument(made);
  expect(reportSchema.parse(document)).toEqual(document);
  expect([isReport(document), isReport.errors]).toEqual([true, null]);
  return [jsonReport(made), [...findingLines(made)].join(''), textReport(made, PLAIN), flows.join('\n')];
}

describe.each(samples)('the outputs for %s', (file) => {
  it('are as the schemas say, and name no secret', async () => {
    const outputs = await outputsOf(file);
    for (const secret of secretsIn(file))
      for (const output of outputs) expect(output.replaceAll(/\s+/g, '')).not.toContain(secret);
  });
});

const withSecrets = samples.filter((file) => secretsIn(file).length > 0 && !file.includes('healthy'));

/** Commands and formats that read a capture and need no more. */
const commands = buildProgram(new World(), () => undefined).commands.flatMap((command) =>
  command.registeredArguments.some((argument) => argument.name() === 'CAPTURE')
    ? (command.options.find(({ long }) => long === '--format')?.argChoices ?? []).map((format) => [
        command.name(),
        format,
      ])
    : [],
);

it('there are samples with cookies in clear, and commands to try', () => {
  expect(withSecrets.length).toBeGreaterThan(2);
  expect(commands.length).toBeGreaterThan(6);
});

describe.each(withSecrets)('of %s, which holds cookies in clear,', (file) => {
  it.each(commands)('%s in %s shows none', async (command = '', format = '') => {
    const world = new World();
    world.pipeline = analyze;
    expect(await run([command, path.join(SAMPLES, file), '--format', format], world)).toBe(0);
    expect(world.stdout.text.length).toBeGreaterThan(100);
    for (const secret of secretsIn(file)) expect(world.stdout.text.replaceAll(/\s+/g, '')).not.toContain(secret);
  });
});
