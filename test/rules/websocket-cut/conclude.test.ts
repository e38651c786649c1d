import { describe, expect, it } from 'vitest';
import { newObservation } from '../../../src/rules/observation/observation.js';
import { noteLeg } from '../../../src/rules/tally/keyed-legs.js';
import { tallyOf } from '../../../src/rules/tally/per-server.js';
import { concludeRun } from '../../../src/rules/websocket-cut/conclude.js';
import type { Cut } from '../../../src/rules/websocket-cut/incident.js';
import { newTally } from '../../../src/rules/websocket-cut/tally.js';
import { CONCLUSION } from '../test-rule.js';
import { aged, cutOf, MS, SECOND, tallyWith, together } from './cuts.js';

interface Given {
  /** So many nanoseconds after each cut its client opens another. */
  readonly backNs?: number;
  readonly webSockets?: number;
  /** The legs behind that the server ended too, by key. */
  readonly behind?: readonly string[];
}

function concluded(cuts: readonly Cut[], { backNs, webSockets = cuts.length, behind = [] }: Given = {}) {
  const tally = newTally();
  const servers = new Map(cuts.map(({ server }) => [server.port, server]));
  for (const server of servers.values()) {
    const own = cuts.filter((cut) => cut.server.port === server.port);
    tallyOf(tally.servers, server, () =>
      tallyWith(own, {
        webSockets,
        ...(backNs === undefined
          ? {}
          : {
              opened: {
                limit: 256,
                items: own.map(({ client, atNs, stream }) => ({
                  ...{ client: client.address, atNs: atNs + backNs, packet: 1000 + stream },
                })),
              },
            }),
      }),
    );
  }
  for (const cut of cuts) {
    if (cut.key === null || !behind.includes(cut.key)) continue;
    noteLeg(tally.legs, cut.key, cut);
    noteLeg(tally.legs, cut.key, {
      ...cut,
      ...{
        stream: 90 + cut.stream,
        by: 'client',
        packet: cut.packet + 500,
        server: { address: '10.0.2.1', port: 8080 },
      },
      ...{
        client: { address: '10.0.1.43', port: 50_000 },
        requestNs: cut.requestNs + MS,
        answerNs: cut.answerNs - MS / 2,
      },
      ...{ requestPacket: cut.requestPacket + 0.1, answerPacket: cut.answerPacket - 0.1 },
    });
  }
  const observation = { ...newObservation(), endNs: 100 * SECOND };
  return concludeRun(tally, { ...CONCLUSION, observation });
}

function only(...given: Parameters<typeof concluded>) {
  const [finding, ...others] = concluded(...given);
  if (finding === undefined || others.length > 0) throw new Error(`there are ${others.length + 1} findings`);
  return finding;
}

describe('what is concluded of WebSockets that were cut', () => {
  it('at one moment is told with its figures', () => {
    const told = only(together(4, { how: 'rst' }), { webSockets: 9 });
    expect(told).toMatchObject({
      ...{ rule: 'websocket-cut', severity: 'notice', confidence: 'likely', occurrences: 4 },
      title: '10.0.1.43:80 cuts WebSockets at one moment',
      summary:
        '10.0.1.43:80 ended 4 of 9 WebSockets within 3.0 ms, without a Close frame (code 1006 for the application); they were 16.1 s – 20.0 s old. All had a frame in the second before.',
      ...{ firstSeenNs: 20 * SECOND, lastSeenNs: 20 * SECOND + 3 * MS },
      facts: {
        ...{ pattern: 'one-moment', moments: 1, ageSeconds: null, amidFrames: 4, byReset: 4, seenOnBothLegs: 0 },
        ...{ openedAgain: 0, messagesLost: 0, webSocketsOfServer: 9, highestAgeNs: 20 * SECOND },
      },
    });
    expect(told.evidence).toHaveLength(4);
  });

  it('is a warning where clients had to come back, or something was lost', () => {
    const back = only(together(3), { backNs: 2 * SECOND });
    expect(back).toMatchObject({ severity: 'warning', facts: { openedAgain: 3 } });
    expect(back.summary).toContain('The clients of all of them opened another within 2.00 s.');
    const lost = only(together(3, { lost: { packet: 77, atNs: 20.1 * SECOND } }));
    expect(lost).toMatchObject({ severity: 'warning', facts: { messagesLost: 3 } });
    expect(lost.summary).toContain('Into 3 of them the client still sent a frame, which is lost.');
  });

  it('at one age says how old they may become', () => {
    expect(only(aged(4), { webSockets: 12 })).toMatchObject({
      ...{ severity: 'notice', confidence: 'likely', title: '10.0.1.43:80 cuts WebSockets that are 30.0 s old' },
      facts: { pattern: 'one-age', ageSeconds: 30, byReset: 0 },
    });
  });

  it('one by one is possible of one and of two, and likely from three on', () => {
    const oneByOne = (count: number) => {
      const cuts = [3, 7, 12].slice(0, count).map((ends, at) => cutOf(at, at * SECOND, ends * SECOND));
      return only(cuts, { behind: cuts.map(({ key }) => key ?? '') });
    };
    expect(oneByOne(1)).toMatchObject({ severity: 'notice', confidence: 'possible', occurrences: 1 });
    expect(oneByOne(2)).toMatchObject({ severity: 'notice', confidence: 'possible' });
    expect(oneByOne(3)).toMatchObject({ severity: 'warning', confidence: 'likely', facts: { seenOnBothLegs: 3 } });
    expect(oneByOne(1).title).toBe('10.0.1.43:80 cuts WebSockets in the middle of their frames');
    expect(oneByOne(1).summary).toContain('It ended the leg behind it too, to 10.0.2.1:8080.');
    expect(oneByOne(3).summary).toContain('It ended the legs behind them too, to 10.0.2.1:8080.');
  });

  it('of several ports of one address is told of each, with all of that moment', () => {
    const [first, second, third] = together(3);
    if (first === undefined || second === undefined || third === undefined) throw new Error('there are three');
    const elsewhere = { ...third, server: { address: '10.0.1.43', port: 81 } };
    const told = concluded([first, second, elsewhere]);
    expect(told.map(({ subject, occurrences }) => [subject?.port, occurrences])).toEqual([
      [80, 2],
      [81, 1],
    ]);
    expect(told[0]?.summary).toContain('1 WebSocket of 10.0.1.43:81 ended with them, all within 2.0 ms.');
    expect(told[1]?.summary).toContain('it was 17.4 s old.');
    const between = { ...second, server: { address: '10.0.1.43', port: 81 } };
    expect(concluded([first, third, between])[0]?.summary).toContain('all within 2.0 ms.');
  });

  it('loses the steps of those that lose fewest', () => {
    const [first, ...rest] = together(3, { steps: 2 });
    expect(only(together(3, { steps: 2 }))).toMatchObject({ confidence: 'possible' });
    expect(only([...(first === undefined ? [] : [{ ...first, steps: 0 }]), ...rest])).toMatchObject({
      confidence: 'likely',
    });
  });

  it('is nothing where nothing is in common', () => {
    expect(concluded([cutOf(0, 0, 5 * SECOND), cutOf(1, 0, 17 * SECOND)])).toEqual([]);
    expect(concluded([])).toEqual([]);
  });

  it('shows the packets of each', () => {
    const [one] = only([cutOf(0, 0, 3 * SECOND, { lost: { packet: 9, atNs: 3.1 * SECOND } })], {
      ...{ behind: ['key0'], backNs: SECOND },
    }).evidence;
    expect(one?.packets.map(({ packet, note, elsewhere }) => [packet, note, elsewhere ?? false])).toEqual([
      [5, 'the WebSocket is accepted', false],
      [6, 'the last frame, from the server', false],
      [7, 'FIN of the server 3.00 s after it was accepted, without a Close frame', false],
      [507, 'FIN of 10.0.1.43:50000 on the leg behind', true],
      [9, 'a frame sent after #7, and lost', false],
      [1000, 'the client has opened another', true],
    ]);
  });
});
