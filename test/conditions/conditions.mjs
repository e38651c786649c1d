// What the rules still say, and what they say wrongly, when a capture is worse than the samples are:
// packets lost, cut, one direction alone, begun late, seen twice, out of order, merged. Each sample
// is read under each condition; needs `npm run build`.
//
//   npm run conditions [SAMPLE...]      prints the table of docs/capture-conditions.md
//
// Exit code 1 when a critical finding comes up that the whole sample does not have.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { analyze } from '../../dist/pipeline/analyze.js';
import { captureOf, partsOf } from '../fuzz/capture-parts.mjs';
import { Random } from '../fuzz/random.mjs';
import { mergedSegments, segmentOf } from './merged-segments.mjs';

/** @typedef {import('../fuzz/capture-parts.mjs').Packet} Packet */
/** @typedef {{ rule: string, severity: string, server: string }} Said */

const samples = path.resolve(import.meta.dirname, '../../samples');

/** @type {Readonly<Record<string, (packets: Packet[], random: Random) => Packet[]>>} */
const CONDITIONS = {
  '1 % lost': (packets, random) => packets.filter(() => !random.oneIn(100)),
  '5 % lost': (packets, random) => packets.filter(() => !random.oneIn(20)),
  '20 % lost': (packets, random) => packets.filter(() => !random.oneIn(5)),
  'snap length 96': (packets) => packets.map((packet) => ({ ...packet, data: packet.data.subarray(0, 96) })),
  'snap length 256': (packets) => packets.map((packet) => ({ ...packet, data: packet.data.subarray(0, 256) })),
  'to the servers only': (packets) => packets.filter(oneWay(packets, true)),
  'to the clients only': (packets) => packets.filter(oneWay(packets, false)),
  'begun in the middle': (packets) => packets.slice(Math.floor(packets.length * 0.3)),
  'each packet twice': (packets) =>
    packets.flatMap((packet) => [packet, { ...packet, data: Buffer.from(packet.data) }]),
  'out of order': (packets, random) => {
    const moved = [...packets];
    for (let at = 0; at + 2 < moved.length; at += 1)
      if (random.oneIn(10)) moved.splice(at + 1 + random.below(2), 0, ...moved.splice(at, 1));
    return moved;
  },
  'the clock set back 2 s': (packets) =>
    packets.map((packet, at) => (at < packets.length / 2 ? packet : { ...packet, high: packet.high - 2 })),
  'segments merged (GRO)': mergedSegments,
};

const chosen = process.argv.slice(2);
const names = readdirSync(samples).filter(
  (name) => /\.pcap(ng)?$/.test(name) && (chosen.length === 0 || chosen.includes(name)),
);
/** By condition and rule: findings of the whole samples, how many of them were kept, what came up anew. @type {Map<string, Map<string, { whole: number, kept: number, anew: string[] }>>} */
const table = new Map(Object.keys(CONDITIONS).map((condition) => [condition, new Map()]));
let falseCritical = 0;

for (const name of names) {
  const parts = partsOf(readFileSync(path.join(samples, name)));
  if (parts === null) continue;
  const whole = await said(parts, parts.packets);
  for (const [condition, change] of Object.entries(CONDITIONS)) {
    const now = await said(parts, change([...parts.packets], new Random(name.length * 7919)));
    const column = table.get(condition);
    if (column === undefined) continue;
    for (const { rule, server } of whole) {
      const cell = cellOf(column, rule);
      cell.whole += 1;
      if (now.some((one) => one.rule === rule && one.server === server)) cell.kept += 1;
    }
    for (const one of now) {
      if (one.severity === 'notice' || whole.some(({ rule, server }) => rule === one.rule && server === one.server))
        continue;
      cellOf(column, one.rule).anew.push(`${one.severity} in ${name}`);
      if (one.severity === 'critical') falseCritical += 1;
    }
  }
}

const rules = [...new Set([...table.values()].flatMap((column) => [...column.keys()]))].sort();
console.log(`| rule | ${[...table.keys()].join(' | ')} |\n|---|${'---|'.repeat(table.size)}`);
for (const rule of rules) {
  const cells = [...table.values()].map((column) => {
    const { whole, kept, anew } = column.get(rule) ?? { whole: 0, kept: 0, anew: [] };
    const falseAlarms = anew.length === 0 ? '' : ` +${anew.length}`;
    return `${whole === 0 ? '-' : `${kept} of ${whole}`}${falseAlarms}`;
  });
  console.log(`| ${rule} | ${cells.join(' | ')} |`);
}
for (const [condition, column] of table)
  for (const [rule, { anew }] of column) for (const one of anew) console.error(`${condition}: ${rule}, ${one}`);
console.error(`${names.length} samples, ${falseCritical} critical findings that the whole sample does not have`);
process.exitCode = falseCritical > 0 ? 1 : 0;

/** @param {import('../fuzz/capture-parts.mjs').Parts} parts @param {Packet[]} packets @returns {Promise<Said[]>} */
async function said({ linkType, keyLogs }, packets) {
  const { analysis } = await analyze({
    files: ['-'],
    stdin: Readable.from([captureOf({ linkType, packets, keyLogs })], { objectMode: false }),
    keyLogs,
  });
  return analysis.findings.map(({ rule, severity, subject: { address, port } }) => ({
    rule,
    severity,
    server: `${address} ${port}`,
  }));
}

/** @param {Map<string, { whole: number, kept: number, anew: string[] }>} column @param {string} rule */
function cellOf(column, rule) {
  const known = column.get(rule);
  if (known !== undefined) return known;
  const made = { whole: 0, kept: 0, anew: [] };
  column.set(rule, made);
  return made;
}

/** Tells the packets of one direction: the client is who sends the SYN without ACK; what has none goes by the higher port. @param {Packet[]} packets @param {boolean} toServers @returns {(packet: Packet) => boolean} */
function oneWay(packets, toServers) {
  const clients = new Set();
  for (const packet of packets) {
    const segment = segmentOf(packet.data);
    if (segment !== null && (segment.flags & 0x12) === 0x02) clients.add(segment.flow);
  }
  return ({ data }) => {
    const segment = segmentOf(data);
    if (segment === null) return true;
    const isFromClient =
      clients.has(segment.flow) || (!clients.has(segment.back) && segment.sourcePort > segment.targetPort);
    return isFromClient === toServers;
  };
}
