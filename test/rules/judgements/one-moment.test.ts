import { describe, expect, it } from 'vitest';
import type { Connection } from '../../../src/facts/connection.js';
import { type EndedTogether, endedTogether } from '../../../src/rules/judgements/one-moment.js';
import { newObservation, observe } from '../../../src/rules/observation/observation.js';
import { ServerTally } from '../../../src/rules/tally/server-tally.js';
import { abortBy, answer, connection, finBy, get, handshake, rstBy, withEnds, withRequests } from '../facts.js';
import { apart, idleUntil } from '../moment-facts.js';
import { sealed, turn } from '../sealed-facts.js';

const MS = 1000;
const SECOND = 1_000_000;
const SERVER = { address: '10.0.1.43', port: 80 };

/** A request that has waited for `age` when the server ends its connection at `ended`. */
function lost(at: number, ended: number, age = 400 * MS, opened = ended - age - 1133): Connection {
  const end = ended - opened;
  return connection(
    [...handshake(), get(end - age, '/report'), finBy('server', end), finBy('client', end + 100)],
    apart(at, opened),
  );
}

/** What is known of `lost` among the others. */
function togetherOf(failed: readonly Connection[], others: readonly Connection[]): EndedTogether | null {
  const observation = newObservation();
  const servers = new ServerTally();
  for (const one of [...failed, ...others]) {
    observe(one, observation);
    servers.inspect(one);
  }
  const ends = failed.flatMap(({ close, exchanges }) => {
    const [end] = close.segments;
    const request = exchanges.at(-1)?.request ?? null;
    return end === undefined || request === null
      ? []
      : [{ packet: end.packet, atNs: end.atNs, delayNs: end.atNs - request.endNs }];
  });
  return endedTogether(ends, SERVER, { observation, servers });
}

/** Three that waited for 0.5, 1.5 and 2.2 s. */
const IDLE = [
  idleUntil(1, { opened: 100 * MS, used: 2.5 * SECOND, ended: 3 * SECOND + 50 }),
  idleUntil(2, { opened: 700 * MS, used: 1.5 * SECOND, ended: 3 * SECOND + 90 }),
  idleUntil(3, { opened: 300 * MS, used: 800 * MS, ended: 3 * SECOND + 130 }),
];
const LOST = lost(0, 3 * SECOND);

describe('connections that end with a lost request', () => {
  it('are the end of a process, where no time-out ends them together', () => {
    expect(togetherOf([LOST], IDLE)).toMatchObject({
      isProcessEnd: true,
      moment: { connections: 4, inWork: 1, doubt: null, isTls: false, work: { highest: 400 * MS * 1000 } },
    });
  });

  it('are so whichever of them is seen first', () => {
    expect(togetherOf([LOST], IDLE.toReversed())).toEqual(togetherOf([LOST], IDLE));
  });

  it('are so where the request was the last of its connection', () => {
    const last = withRequests(LOST, { fields: [{ name: 'connection', value: 'close' }] });
    expect(togetherOf([last], IDLE)).toMatchObject({ isProcessEnd: true, moment: { connections: 4 } });
  });

  it('are so where sockets with data unread are aborted among them', () => {
    const unread = connection([...handshake(), get(1133, '/'), abortBy('server', 900 * MS)], apart(5, 2.1 * SECOND));
    expect(togetherOf([unread], IDLE.slice(1))).toMatchObject({
      isProcessEnd: true,
      moment: { connections: 3, inWork: 1 },
    });
  });

  it('are so where they are more than are kept', () => {
    const many = Array.from({ length: 40 }, (_, at) =>
      idleUntil(at + 1, { opened: at * 20 * MS, used: SECOND + at * 30 * MS, ended: 3 * SECOND + at * 3 }),
    );
    expect(togetherOf([LOST], IDLE)).toMatchObject({ moment: { isMore: false } });
    expect(togetherOf([LOST], many)).toMatchObject({ isProcessEnd: true, moment: { isMore: true } });
  });

  it('are so where nobody had asked anything yet', () => {
    const reserves = [2.2, 1.4].map((opened, at) =>
      connection([...handshake(), finBy('server', (3 - opened) * SECOND + at * 50)], apart(10 + at, opened * SECOND)),
    );
    expect(togetherOf([LOST], reserves)).toMatchObject({ isProcessEnd: true, moment: { connections: 3 } });
  });
});

describe('connections that end with a lost request say nothing', () => {
  const open = (others: readonly Connection[], failed = [LOST]) => togetherOf(failed, others);

  it('where it ends alone, or one other with it', () => {
    expect(open([])).toBeNull();
    expect(open(IDLE.slice(0, 1))).toBeNull();
  });

  it('where the others end at other times', () => {
    expect(
      open([2, 2.5, 3.5].map((ended, at) => idleUntil(at + 1, { opened: SECOND, ended: ended * SECOND }))),
    ).toBeNull();
  });

  it('where all are equally old, as a time-out ends connections that were used together', () => {
    const others = [1, 2, 3].map((at) => idleUntil(at, { opened: at * 90 * MS, used: SECOND + at, ended: 3 * SECOND }));
    expect(open(others)).toMatchObject({ isProcessEnd: false, moment: { doubt: 'one-age' } });
  });

  it('where all were silent for a second and more: who looks in turns for what is silent ends them whatever their age', () => {
    const others = [1, 2, 3].map((at) =>
      idleUntil(at, { opened: at * 90 * MS, used: (0.3 + at * 0.4) * SECOND, ended: 3 * SECOND + at * 20 }),
    );
    const waits = lost(0, 3 * SECOND, 1.2 * SECOND);
    expect(open(others, [waits])).toMatchObject({ isProcessEnd: false, moment: { doubt: 'one-look' } });
    expect(open([...others.slice(1), ...IDLE.slice(0, 1)], [waits])).toMatchObject({ isProcessEnd: true });
  });

  it('unless the server had kept connections for longer before', () => {
    const others = [1, 2, 3].map((at) => idleUntil(at, { opened: at * 90 * MS, used: SECOND + at, ended: 3 * SECOND }));
    const kept = connection([...handshake(), get(1133), answer(3000), get(2.9 * SECOND), answer(2.91 * SECOND)], {
      ...apart(9, 0),
      idlePeriods: [
        {
          startNs: 3_000_000,
          durationNs: 2.897e9,
          after: 'server',
          endedBy: 'client-payload',
          packet: 1001 + 90 + 5,
        },
      ],
    });
    expect(open([...others, kept])).toMatchObject({ isProcessEnd: true, moment: { doubt: null } });
  });

  it('where they were opened as they ended: a limit on the age of a connection', () => {
    const others = IDLE.map((_, at) =>
      idleUntil(at + 1, {
        opened: SECOND + at * 10 * MS,
        used: SECOND + at * 600 * MS,
        ended: 3 * SECOND + at * 10 * MS,
      }),
    );
    expect(open(others, [lost(0, 3 * SECOND, 400 * MS, SECOND)])).toMatchObject({ moment: { doubt: 'one-opening' } });
  });

  it('but not where no such limit would be set: 1.7 s', () => {
    const others = IDLE.map((_, at) =>
      idleUntil(at + 1, { opened: 1.3 * SECOND + at, used: 1.3 * SECOND + at * 600 * MS, ended: 3 * SECOND + at }),
    );
    expect(open(others, [lost(0, 3 * SECOND, 400 * MS, 1.3 * SECOND)])).toMatchObject({ isProcessEnd: true });
  });

  it('but not where they end nearer together than they were opened', () => {
    const others = IDLE.map((_, at) =>
      idleUntil(at + 1, { opened: SECOND + at * 10 * MS, used: SECOND + at * 600 * MS, ended: 3 * SECOND + at * 30 }),
    );
    expect(open(others, [lost(0, 3 * SECOND, 400 * MS, SECOND)])).toMatchObject({ isProcessEnd: true });
  });

  it('where the server ends idle connections together at other times, and loses nothing', () => {
    const turns = [5, 7, 9].flatMap((second) =>
      [1, 2].map((at) =>
        idleUntil(second * 10 + at, {
          opened: (second - 1) * SECOND,
          used: (second - 0.3 * at) * SECOND,
          ended: second * SECOND + at * MS,
        }),
      ),
    );
    expect(open([...IDLE, ...turns])).toMatchObject({ isProcessEnd: false, moment: { doubt: 'usual' } });
  });

  it('where it ends so many connections that chance would do as much', () => {
    const busy = Array.from({ length: 60 }, (_, at) =>
      idleUntil(100 + at, { opened: 200 * MS, used: 300 * MS, ended: SECOND + at * 50 * MS + 200 }),
    );
    const near = [20, 45].map((apartMs, at) =>
      idleUntil(1 + at, { opened: 0, used: (1 + at) * SECOND, ended: 3 * SECOND + apartMs * MS }),
    );
    expect(open([...near, ...busy])).toMatchObject({ isProcessEnd: false, moment: { doubt: 'usual' } });
  });

  it('where its own connections to others ended just before: it hands that on', () => {
    const behind = idleUntil(
      20,
      { opened: 0, used: SECOND, ended: 3 * SECOND - 300 },
      { client: SERVER.address, server: '10.0.2.9', serverPort: 8080 },
    );
    expect(open([...IDLE, behind])).toMatchObject({ isProcessEnd: false, moment: { doubt: 'handed-on' } });
  });

  it('where only few of many lost requests were lost so', () => {
    const elsewhere = [4, 5, 6].map((second) => lost(second, second * SECOND));
    expect(togetherOf([LOST, ...elsewhere], IDLE)).toMatchObject({ isProcessEnd: false, lost: 1, looked: 4 });
  });

  it('where the client ended the others', () => {
    const others = IDLE.map((one) => withEnds(one, () => ({ from: 'client' })));
    expect(open(others)).toBeNull();
  });

  it('where the answers before had said that they were the last', () => {
    const others = [1, 2, 3].map((at) =>
      idleUntil(
        at,
        { opened: at * 300 * MS, ended: 3 * SECOND + at },
        {},
        { fields: [{ name: 'connection', value: 'close' }] },
      ),
    );
    expect(open(others)).toBeNull();
  });

  it('where the ends follow the answers at once', () => {
    const others = [1, 2, 3].map((at) =>
      idleUntil(at, { opened: at * 300 * MS, used: 2.98 * SECOND, ended: 3 * SECOND + at }),
    );
    expect(open(others)).toBeNull();
  });

  it('where bare resets, or such with another TTL, ended the others', () => {
    const reset = (at: number, end: ReturnType<typeof rstBy>): Connection =>
      connection([...handshake(), get(1133), answer(3000), end], {
        ...apart(at, at * 500 * MS),
        ttl: { client: 64, server: 64 },
      });
    const bare = [1, 2, 3].map((at) => reset(at, rstBy('server', 3 * SECOND - at * 500 * MS)));
    expect(open(bare)).toBeNull();
    const foreign = [1, 2, 3].map((at) =>
      reset(at, abortBy('server', 3 * SECOND - at * 500 * MS, { hand: { window: 500, ttl: 61 } })),
    );
    expect(open(foreign)).toBeNull();
  });

  it('where the clock was set back, or one direction is missing', () => {
    for (const guards of [{ clockStepped: true }, { oneSided: true }])
      expect(open(IDLE.map((one) => ({ ...one, guards: { ...one.guards, ...guards } })))).toBeNull();
  });
});

describe('in TLS without keys, connections that end together', () => {
  const at = (place: number, opened: number, closeNotify: 'none' | 'probable', ended: number): Connection => {
    const { server } = sealedIdle(place, opened, ended).tls ?? {};
    const facts = sealedIdle(place, opened, ended);
    if (server === undefined || facts.tls === null) throw new Error('it speaks TLS');
    return { ...facts, tls: { ...facts.tls, server: { ...server, closeNotify } } };
  };
  const sealedIdle = (place: number, opened: number, ended: number): Connection =>
    sealed(turn(200 * MS, 210 * MS), [finBy('server', ended - opened)], {
      ...apart(place, opened),
      serverPort: 80,
      serverSide: {
        lastApplication: { packet: 7, atNs: (opened + 210 * MS) * 1000, contentType: 23, length: 400 },
        closeNotify: 'none',
      },
    });

  it('are the end of a process where none was told by a close_notify', () => {
    const others = [0.2, 0.9, 1.6].map((opened, place) => at(place + 1, opened * SECOND, 'none', 3 * SECOND + place));
    expect(togetherOf([LOST], others)).toMatchObject({ isProcessEnd: true, moment: { connections: 4, isTls: false } });
  });

  it('say nothing where they were: it lets go of them in order', () => {
    const others = [0.2, 0.9, 1.6].map((opened, place) =>
      at(place + 1, opened * SECOND, 'probable', 3 * SECOND + place),
    );
    expect(togetherOf([LOST], others)).toBeNull();
  });
});
