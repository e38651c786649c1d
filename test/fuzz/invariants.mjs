/**
 * What holds of every input, whatever it is: the reading ends without a crash, each report is valid
 * and cites nothing that is not there, nothing in a text can drive a terminal, and it does not
 * matter in which pieces the bytes come.
 */
import { Readable } from 'node:stream';
import { analyze } from '../../dist/pipeline/analyze.js';
import { flowLine } from '../../dist/report/flow.js';
import { reportDocument } from '../../dist/report/json.js';
import { flowSchema } from '../../dist/report/schema/flow.js';
import { reportSchema } from '../../dist/report/schema.js';
import { textReport } from '../../dist/report/text.js';
import { Redaction } from '../../dist/text/redaction.js';

const TEXT_STYLE = { width: 100, isColoured: false, ascii: false, time: 'utc' };
/** Control characters but the line feed; marks that change the direction of text; what has no width. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const HARMFUL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;

/** An invariant that does not hold. */
export class Violation extends Error {}

/**
 * Reads the bytes and checks all that holds.
 * @param {Buffer} bytes
 * @param {readonly number[] | null} cuts Also read in pieces of these sizes, and compare; `null`: not.
 * @throws {Violation}
 */
export async function check(bytes, cuts) {
  const whole = await documentOf([bytes]);
  if (cuts === null) return;
  const inPieces = await documentOf(pieces(bytes, cuts));
  const difference = differenceOf(whole, inPieces, '');
  if (difference !== null) throw new Violation(`the report depends on how the bytes come: ${difference}`);
}

/** Where two documents differ first; `null`: nowhere. @param {unknown} one @param {unknown} other @param {string} at @returns {string | null} */
function differenceOf(one, other, at) {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null)
    return one === other ? null : `${at} is ${JSON.stringify(one)} or ${JSON.stringify(other)}`;
  for (const key of new Set([...Object.keys(one), ...Object.keys(other)])) {
    const difference = differenceOf(Reflect.get(one, key), Reflect.get(other, key), `${at}/${key}`);
    if (difference !== null) return difference;
  }
  return null;
}

/** @param {readonly Buffer[]} chunks */
async function documentOf(chunks) {
  const redaction = new Redaction(false, () => Buffer.alloc(16));
  const connections = new Map();
  const run = await analyze({
    files: ['-'],
    stdin: Readable.from(chunks, { objectMode: false }),
    onConnection: (connection) => {
      connections.set(connection.stream, connection);
      const line = flowSchema.safeParse(flowLine(connection, redaction));
      if (!line.success) throw new Violation(`flow: ${line.error.message}`);
    },
  });
  const { analysis, errors } = run;
  for (const { rule, message } of analysis.ruleFailures) throw new Violation(`rule ${rule} threw: ${message}`);
  const input = { analysis, errors, version: '0.0.0', reveal: false, filter: null, maxOccurrences: undefined };
  const report = reportDocument(input);
  const valid = reportSchema.safeParse(report);
  if (!valid.success) throw new Violation(`report: ${valid.error.message}`);
  const packets = analysis.captures.reduce((sum, capture) => sum + capture.packets, 0);
  for (const finding of report.findings) {
    if (finding.evidence.length === 0) throw new Violation(`${finding.rule} without evidence`);
    for (const { stream, packets: cited } of finding.evidence) {
      if (stream !== null && !connections.has(stream)) throw new Violation(`${finding.rule} cites stream ${stream}`);
      for (const { number } of cited)
        if (!(number >= 1 && number <= packets))
          throw new Violation(`${finding.rule} cites packet ${number} of ${packets}`);
    }
  }
  const text = textReport(input, TEXT_STYLE);
  const harmful = HARMFUL.exec(text);
  if (harmful !== null) throw new Violation(`text holds U+${(harmful[0].codePointAt(0) ?? 0).toString(16)}`);
  return report;
}

/** @param {Buffer} bytes @param {readonly number[]} sizes */
function pieces(bytes, sizes) {
  const cut = [];
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    cut.push(bytes.subarray(at, at + size));
    at += size;
  }
  return cut.length === 0 ? [bytes] : cut;
}
