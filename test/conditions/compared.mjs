/**
 * What the rules say of a capture under a condition, held against what they say of it whole.
 */
import { Readable } from 'node:stream';
import { analyze } from '../../dist/pipeline/analyze.js';
import { captureOf } from '../fuzz/capture-parts.mjs';
import { Random } from '../fuzz/random.mjs';

/** @typedef {import('../fuzz/capture-parts.mjs').Parts} Parts */
/** @typedef {import('./worse-captures.mjs').Condition} Condition */
/** A finding; `text` is all that it says. @typedef {{ rule: string, severity: string, server: string, title: string, text: string }} Said */
/** A finding that the whole capture does not have: in which try, and the capture. @typedef {Said & { time: number, capture: Buffer }} Anew */
/**
 * `kept`: findings of the whole capture that come again; `lost`: that do not. Of those that come up anew,
 * `otherwise` are the same fault, told with less knowledge of it; `anew` are the rest.
 * @typedef {{ kept: Said[], lost: Said[], otherwise: Anew[], anew: Anew[] }} Compared
 */

/** By what else a fault is told where the packets are missing that tell it from this: rule of the whole capture, and rules. @type {Readonly<Record<string, readonly string[]>>} */
const TOLD_BY = {
  // A device that the answers bypass resets what it does not know: requests are reset, or SYNs not answered.
  'asymmetric-path': ['rst-after-request', 'connect-timeout'],
  // A kernel whose queue is full resets the ACK of the handshake, and the request behind it.
  'accept-queue-overflow': ['rst-after-request'],
  // What never arrives is waited for, and a server says so.
  'mtu-blackhole': ['preconnect-408'],
  // Who does not understand what it is told closes, resets, or ends HTTP/2 with an error.
  'protocol-mismatch': ['empty-response', 'h2-goaway-race', 'rst-after-request', 'tls-handshake-failure'],
  // An ICMP error whose quotation is cut no longer says to which SYN.
  'connect-refused': ['connect-timeout'],
  // Of a request whose protocol was cut off nothing is left but that the server reset it.
  'gateway-cut': ['rst-after-request'],
  // Who asks a server that does not answer says 504.
  'connect-timeout': ['slow-response'],
};

/** @param {Parts} parts @returns {Promise<Said[]>} */
export async function said(parts, capture = captureOf(parts)) {
  const { keyLogs } = parts;
  const { analysis } = await analyze({
    files: ['-'],
    stdin: Readable.from([capture], { objectMode: false }),
    keyLogs,
  });
  return analysis.findings.map((finding) => ({
    rule: finding.rule,
    severity: finding.severity,
    server: `${finding.subject.address}:${finding.subject.port}`,
    title: finding.title,
    text: JSON.stringify(finding),
  }));
}

/** @param {Parts} parts @param {readonly Said[]} whole @param {Condition} condition @param {number} seed @param {number} [most] Tries at most. @returns {Promise<Compared>} */
export async function compared(parts, whole, condition, seed, most = condition.times) {
  /** @type {Compared} */
  const found = { kept: [], lost: [], otherwise: [], anew: [] };
  for (let time = 0; time < Math.min(condition.times, most); time += 1) {
    const worse = condition.change(
      { ...parts, packets: [...parts.packets] },
      new Random(seed * 7919 + time * 104_729),
      time,
    );
    const capture = captureOf(worse);
    const now = await said(worse, capture);
    for (const one of whole) {
      const isKept = now.some(({ rule, server }) => rule === one.rule && server === one.server);
      (isKept ? found.kept : found.lost).push(one);
    }
    for (const one of now) {
      if (one.severity === 'notice' || whole.some((other) => isSame(one, other))) continue;
      const isTold = whole.some((other) => isToldBy(one, other));
      (isTold ? found.otherwise : found.anew).push({ ...one, time, capture });
    }
  }
  return found;
}

/** @param {Said} one @param {Said} other */
function isSame(one, other) {
  return one.rule === other.rule && one.server === other.server;
}

/** Whether it is the fault of the whole capture's finding, at another leg that this names, or by another rule. @param {Said} one @param {Said} whole */
function isToldBy(one, whole) {
  return (
    whole.text.includes(one.server) && (one.rule === whole.rule || TOLD_BY[whole.rule]?.includes(one.rule) === true)
  );
}
