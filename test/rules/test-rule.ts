/**
 * Tries a rule on cases (docs/code.md), and holds it to what every rule owes: facts come back as
 * they went in, the order and the split of the work do not matter, less seen is never more sure,
 * and each look-alike and each cause it weighs has a case.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Connection } from '../../src/facts/connection.js';
import {
  CONFIDENCES,
  type Confidence,
  MAX_EVIDENCE,
  type RawFinding,
  type Severity,
  type Verdict,
} from '../../src/facts/finding.js';
import { packetNumberOf } from '../../src/facts/packet-reference.js';
import type { PresenceSign } from '../../src/net/segment.js';
import { RULE_FACTS } from '../../src/report/rule-facts.js';
import { flawOf } from '../../src/rules/argument/flaw.js';
import { newObservation, observe } from '../../src/rules/observation/observation.js';
import type { Conclusion, Rule } from '../../src/rules/rule.js';
import { RuleRun } from '../../src/rules/rule-run.js';
import { nameAnswers } from '../../src/rules/tally/name-answers.js';
import { notePresence, type Presence, presence } from '../../src/rules/tally/presence.js';
import { ServerTally } from '../../src/rules/tally/server-tally.js';
import { endpointText } from '../../src/text/address.js';

/** What a case is made of: connections by hand, or a capture that the whole pipeline reads. */
type Given =
  | {
      readonly facts: Connection | readonly Connection[];
      /** What else was seen of hosts. */
      readonly signs?: readonly PresenceSign[];
      readonly capture?: undefined;
    }
  | { readonly capture: string; readonly facts?: undefined };

/** A case in which the rule must speak; what is not named is not compared. */
type Fires = Given & {
  readonly name: string;
  readonly subject: string;
  /** How many findings the rule has in all; 1 when not given. The others are told by `also`. */
  readonly findings?: number;
  /** Which of several: its title contains this. */
  readonly titled?: string;
  readonly occurrences: number;
  readonly severity?: Severity;
  readonly confidence: Confidence;
  readonly verdicts?: Readonly<Record<string, Verdict>>;
  /** Packet numbers that the evidence must hold. */
  readonly packets?: readonly number[];
  /** Marks of the sample (samples/samples.json) of which the evidence must hold a packet each. */
  readonly marks?: readonly string[];
};

/** A case in which it must keep silent, though it looks alike. */
type Silent = Given & { readonly name: string; readonly lookAlike?: string };

export interface RuleCases {
  /** The rule tells of what the capture lacks: it says more where less is seen. */
  readonly isAboutTheCapture?: true;
  readonly fires: readonly Fires[];
  readonly silent: readonly Silent[];
  /** What it needs was not seen: it says nothing. */
  readonly cannotTell: readonly Silent[];
}

/** What a run is told at its end; the observation it has made itself. */
type Known = Omit<Conclusion, 'observation'>;

/** What rules know at the end, in cases by hand. */
export const CONCLUSION: Known = {
  names: { namesOf: () => [] },
  nameAnswers: nameAnswers(),
  presence: presence(),
  servers: new ServerTally(),
  captures: [],
  reveal: false,
};

/** The same, with what the connections of a case show of their servers. */
function knowing(connections: readonly Connection[], conclusion: Known): Known {
  const servers = new ServerTally();
  for (const connection of connections) servers.inspect(connection);
  return { ...conclusion, servers };
}

/** What `rule` finds in `connections`. */
export function findingsOf(
  rule: Rule<unknown>,
  connections: readonly Connection[],
  conclusion = CONCLUSION,
): RawFinding[] {
  const run = new RuleRun([rule]);
  run.inspect(connections);
  const { findings, failures } = run.conclude(knowing(connections, conclusion));
  expect(failures).toEqual([]);
  return findings;
}

/** Declares the tests of a rule. */
export function testRule(rule: Rule<unknown>, cases: RuleCases): void {
  const all: readonly (Given & { readonly name: string })[] = [...cases.fires, ...cases.silent, ...cases.cannotTell];
  const byHand = all.flatMap(({ name, facts }) =>
    facts === undefined ? [] : [{ name, connections: connectionsOf(facts) }],
  );

  describe(`${rule.meta.id} speaks when`, () => {
    for (const one of cases.fires)
      it(one.name, async () => {
        const findings = await findingsIn(rule, one);
        expect(findings).toHaveLength(one.findings ?? 1);
        const finding = findings.find(({ title }) => title.includes(one.titled ?? ''));
        if (finding === undefined) expect.fail(`no finding is titled ${one.titled}`);
        expectFiring(rule, finding, one);
      });
  });

  describe(`${rule.meta.id} keeps silent when`, () => {
    for (const one of [...cases.silent, ...cases.cannotTell])
      it(one.name, async () => {
        expect(await findingsIn(rule, one)).toEqual([]);
      });
  });

  describe(`${rule.meta.id}, whatever it is shown,`, () => {
    it('leaves the facts as they are', () => {
      for (const { connections } of byHand) {
        const before = structuredClone(connections);
        findingsOf(rule, connections.map(deepFrozen));
        expect(connections).toEqual(before);
      }
    });

    it('does not care in which order connections end', () => {
      for (const { name, connections } of byHand) {
        const expected = findingsOf(rule, connections);
        expect(findingsOf(rule, [...connections].reverse()), name).toEqual(expected);
        expect(findingsOf(rule, rotated(connections)), name).toEqual(expected);
      }
    });

    it('finds the same in any split of the work', () => {
      for (const { name, connections } of byHand) {
        const expected = findingsOf(rule, connections);
        for (const shards of [2, 3])
          for (const order of [1, -1])
            expect(inShards(rule, connections, shards, order), `${name}, in ${shards}`).toEqual(expected);
      }
    });

    it('has a tally that survives the way to another thread', () => {
      for (const { name, connections } of byHand) {
        const tally = rule.tally();
        const observation = newObservation();
        for (const connection of connections) {
          observe(connection, observation);
          rule.inspect(connection, tally);
        }
        const conclusion = { ...CONCLUSION, observation };
        const expected = rule.conclude(tally, conclusion);
        const moved = { ...CONCLUSION, observation: structuredClone(observation) };
        expect(rule.conclude(structuredClone(tally), moved), name).toEqual(expected);
        const into = rule.tally();
        rule.merge(into, structuredClone(tally));
        expect(rule.conclude(into, conclusion), name).toEqual(expected);
      }
    });

    it.skipIf(cases.isAboutTheCapture === true)('is never surer when less is seen', () => {
      for (const { name, connections } of byHand) {
        const sure = surest(findingsOf(rule, connections));
        for (const [less, remove] of Object.entries(LESS))
          expect(surest(findingsOf(rule, connections.map(remove))), `${name}, ${less}`).toBeGreaterThanOrEqual(sure);
      }
    });

    it('makes no claim without a packet', () => {
      for (const { name, connections } of byHand)
        for (const finding of findingsOf(rule, connections)) expect(flawOf(finding, rule.meta), name).toBeNull();
    });

    it('gives the figures that the published schema describes, and no others (report/rule-facts)', () => {
      const described = Object.entries(RULE_FACTS)
        .find(([id]) => id === rule.meta.id)?.[1]
        .strict();
      if (described === undefined) expect.fail(`report/rule-facts.ts does not list ${rule.meta.id}`);
      for (const { name, connections } of byHand)
        for (const { facts } of findingsOf(rule, connections))
          expect(described.safeParse(facts).error?.issues ?? [], name).toEqual([]);
    });

    it('has no case twice', () => {
      const names = all.map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
      const contents = all.flatMap((one) => (one.facts === undefined ? [] : [JSON.stringify([one.facts, one.signs])]));
      expect(new Set(contents).size).toBe(contents.length);
    });

    it('has a silent case for each look-alike that it names', () => {
      const tried = new Set(cases.silent.map(({ lookAlike }) => lookAlike));
      expect(Object.keys(rule.meta.lookAlikes).filter((id) => !tried.has(id))).toEqual([]);
    });

    it('both supports and rules out each cause that it weighs', () => {
      const verdicts = new Set(
        byHand.flatMap(({ connections }) =>
          findingsOf(rule, connections).flatMap(({ hypotheses }) =>
            hypotheses.map(({ cause, verdict }) => `${cause} ${verdict}`),
          ),
        ),
      );
      const wanted = Object.keys(rule.meta.hypotheses).flatMap((cause) => [`${cause} supported`, `${cause} ruled-out`]);
      expect(wanted.filter((verdict) => !verdicts.has(verdict))).toEqual([]);
    });
  });
}

/** The packets of a sample's mark, as they were when it was taken. */
function markedFrames(capture: string | undefined, mark: string): readonly number[] {
  const list = JSON.parse(readFileSync('samples/samples.json', 'utf8')) as Record<
    string,
    { marks: { what: string; frames: number[] }[] }
  >;
  const frames = list[path.basename(capture ?? '')]?.marks.find(({ what }) => what === mark)?.frames;
  if (frames === undefined) throw new Error(`${capture} has no mark "${mark}"`);
  return frames;
}

function expectFiring(rule: Rule<unknown>, finding: RawFinding, one: Fires): void {
  expect(flawOf(finding, rule.meta)).toBeNull();
  expect(endpointText(finding.subject)).toBe(one.subject);
  expect(finding.occurrences).toBe(one.occurrences);
  expect(finding.confidence).toBe(one.confidence);
  if (one.severity !== undefined) expect(finding.severity).toBe(one.severity);
  const verdicts = Object.fromEntries(finding.hypotheses.map(({ cause, verdict }) => [cause, verdict]));
  expect(verdicts).toMatchObject(one.verdicts ?? {});
  expect(finding.evidence).toHaveLength(Math.min(one.occurrences, MAX_EVIDENCE));
  const shown = finding.evidence.flatMap(({ packets }) => packets.map(({ packet }) => packetNumberOf(packet)));
  expect(shown).toEqual(expect.arrayContaining([...(one.packets ?? [])]));
  for (const mark of one.marks ?? []) {
    const frames = markedFrames(one.capture, mark);
    expect({ mark, shown: frames.some((frame) => shown.includes(frame)) }).toEqual({ mark, shown: true });
  }
  expect(finding.remedies.length).toBeGreaterThan(0);
  expect(finding.references.length).toBeGreaterThan(0);
  expect(JSON.parse(JSON.stringify(finding.facts))).toEqual(finding.facts);
}

/** A capture goes through the whole pipeline, which is loaded only for it. */
async function findingsIn(rule: Rule<unknown>, given: Given): Promise<readonly RawFinding[]> {
  if (given.facts !== undefined)
    return findingsOf(rule, connectionsOf(given.facts), { ...CONCLUSION, presence: presenceOf(given.signs ?? []) });
  const { analyze } = await import('../../src/pipeline/analyze.js');
  const { analysis, errors } = await analyze({ files: [given.capture] });
  expect(errors).toEqual([]);
  expect(analysis.ruleFailures).toEqual([]);
  return analysis.findings.filter((finding) => finding.rule === rule.meta.id);
}

function presenceOf(signs: readonly PresenceSign[]): Presence {
  const all = presence();
  for (const { address, kind, mac, ...moment } of signs) notePresence(all, address, kind, mac, moment);
  return all;
}

function connectionsOf(facts: Connection | readonly Connection[]): readonly Connection[] {
  return 'stream' in facts ? [facts] : facts;
}

function inShards(
  rule: Rule<unknown>,
  connections: readonly Connection[],
  shards: number,
  order: number,
): RawFinding[] {
  const runs = Array.from({ length: shards }, () => new RuleRun([rule]));
  for (const [at, connection] of connections.entries()) runs[at % shards]?.inspect([connection]);
  const [whole, ...parts] = order > 0 ? runs : runs.reverse();
  if (whole === undefined) return [];
  for (const part of parts) whole.merge(part.seen);
  return whole.conclude(knowing(connections, CONCLUSION)).findings;
}

/** What a capture may not have seen, taken out of the facts. */
const LESS: Readonly<Record<string, (connection: Connection) => Connection>> = {
  'cut by the snap length': (connection) => ({
    ...connection,
    guards: { ...connection.guards, snapped: true },
    client: {
      ...connection.client,
      lostBytes: connection.client.lostBytes + connection.client.payloadBytes,
      snappedBytes: connection.client.snappedBytes + connection.client.payloadBytes,
    },
    server: {
      ...connection.server,
      lostBytes: connection.server.lostBytes + connection.server.payloadBytes,
      snappedBytes: connection.server.snappedBytes + connection.server.payloadBytes,
    },
  }),
  'begun late': (connection) => ({
    ...connection,
    handshake: {
      ...connection.handshake,
      kind: 'none',
      syn: null,
      synAck: null,
      ackNs: null,
      synToSynAckNs: null,
      synAckToAckNs: null,
    },
    guards: { ...connection.guards, midStream: true },
  }),
  'with packets dropped': (connection) => ({ ...connection, guards: { ...connection.guards, captureDrops: true } }),
  'without the server’s direction': (connection) => ({
    ...connection,
    server: {
      ...connection.server,
      packets: 0,
      plainSegments: 0,
      payloadBytes: 0,
      firstPayloadNs: null,
      lastPayloadNs: null,
      nextSequence: null,
      ttl: null,
    },
    close: {
      ...connection.close,
      segments: connection.close.segments.filter(({ from }) => from === 'client'),
      resetBy: connection.close.segments.some(({ from, kind }) => from === 'client' && kind === 'rst')
        ? 'client'
        : null,
    },
    exchanges: connection.exchanges.map((exchange) => ({ ...exchange, response: null })),
    guards: { ...connection.guards, oneSided: true },
  }),
  'without the client’s direction': (connection) => ({
    ...connection,
    client: {
      ...connection.client,
      packets: 0,
      plainSegments: 0,
      payloadBytes: 0,
      firstPayloadNs: null,
      lastPayloadNs: null,
      nextSequence: null,
      ttl: null,
    },
    close: { ...connection.close, segments: connection.close.segments.filter(({ from }) => from === 'server') },
    exchanges: connection.exchanges.flatMap((exchange) =>
      exchange.response === null ? [] : [{ ...exchange, request: null }],
    ),
    guards: { ...connection.guards, oneSided: true },
  }),
};

/** How sure the surest finding is: 0 is `certain`; no finding is least. */
function surest(findings: readonly RawFinding[]): number {
  return Math.min(CONFIDENCES.length, ...findings.map(({ confidence }) => CONFIDENCES.indexOf(confidence)));
}

function rotated<T>(list: readonly T[]): readonly T[] {
  const middle = Math.floor(list.length / 2);
  return [...list.slice(middle), ...list.slice(0, middle)];
}

function deepFrozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) deepFrozen(part);
  }
  return value;
}
