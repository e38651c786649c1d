import { describe, expect, it } from 'vitest';
import type { Connection } from '../../src/facts/connection.js';
import { UNKNOWN_TEXT } from '../../src/facts/exchange.js';
import { CAPTURE_STRIDE } from '../../src/facts/packet-reference.js';
import { gatewayUnasked } from '../../src/rules/gateway-unasked.js';
import {
  answer,
  type ConnectionOptions,
  connection,
  fieldsOf,
  finBy,
  get,
  handshake,
  type RequestOptions,
  rstBy,
  type Step,
} from './facts.js';
import { findingsOf, testRule } from './test-rule.js';

const MS = 1000;
const FRONT = { server: '10.0.0.49', serverPort: 80 };
const BACK = { client: '10.0.1.49', server: '10.0.1.43', serverPort: 8080 };
const NGINX = { fields: fieldsOf({ server: 'nginx/1.22.1', 'content-type': 'text/html' }) };
/** nginx's own page for 503, as long as it is with this name in it. */
const NGINX_503 = { ...NGINX, contentLength: 197 };
const HAPROXY = { fields: fieldsOf({ 'content-type': 'text/html' }), contentLength: 107 };

/** Connections of one run, each with a number of its own. */
class Run {
  readonly all: Connection[] = [];
  private readonly backCapture: number;

  /** The leg behind is in the capture of this index. */
  constructor(backCapture = 0) {
    this.backCapture = backCapture;
  }

  add(steps: readonly Step[], options: ConnectionOptions): this {
    const at = this.all.length;
    const firstPacket = 1 + 20 * at + CAPTURE_STRIDE * (options.server === BACK.server ? this.backCapture : 0);
    const facts = connection(steps, { ...options, stream: at, firstPacket, clientPort: 40_000 + at });
    this.all.push(facts);
    return this;
  }

  /** A client's request at `ms`, answered `waitMs` later. */
  front(
    ms: number,
    path: string,
    status: number,
    waitMs: number,
    response: object = {},
    { client = '192.0.2.1', ...request }: RequestOptions & { readonly client?: string } = {},
  ): this {
    const steps = [...handshake(), get(1000, path, request), answer(1000 + waitMs * MS, status, 300, response)];
    return this.add([...steps, finBy('client', 1200 + waitMs * MS), finBy('server', 1300 + waitMs * MS)], {
      ...FRONT,
      client,
      beginsAt: ms * MS,
    });
  }

  /** What the gateway asks behind for it, `afterMs` later, and is answered `takesMs` after that. */
  back(
    ms: number,
    path: string,
    {
      status = 200,
      afterMs = 0,
      takesMs = 1,
      from = '192.0.2.1',
    }: {
      readonly status?: number;
      readonly afterMs?: number;
      readonly takesMs?: number;
      readonly from?: string | null;
    } = {},
  ): this {
    const request = from === null ? { authority: null } : { fields: fieldsOf({ 'x-forwarded-for': from }) };
    const steps = [...handshake(20, 40), get(100, path, request), answer(100 + takesMs * MS, status)];
    return this.add([...steps, finBy('server', 200 + takesMs * MS), finBy('client', 300 + takesMs * MS)], {
      ...BACK,
      beginsAt: ms * MS + 1100 + afterMs * MS,
    });
  }

  /** The gateway's attempt to connect, which is refused. */
  refused(ms: number): this {
    return this.add([{ at: 0, is: 'syn' }, rstBy('server', 60, { ack: true, sequence: 0 })], {
      ...BACK,
      beginsAt: ms * MS,
    });
  }

  /** A request that is asked behind, and answered with what is said there. */
  asked(ms: number, path: string, status = 200): this {
    return this.front(ms, path, status, 3).back(ms, path, { status });
  }

  asks(from: number, count: number): this {
    for (let at = 0; at < count; at += 1) this.asked(from + 50 * at, `/page/${at}`);
    return this;
  }

  /** Requests that nobody is asked for. */
  unasked(from: number, count: number, status: number, response: object, waitMs = 0.2): this {
    for (let at = 0; at < count; at += 1) this.front(from + 50 * at, `/page/${at}`, status, waitMs, response);
    return this;
  }
}

/** Twelve answered, then eight 503 at once, then one answered again. */
const phase = (status: number, response: object): Run =>
  new Run().asks(0, 12).unasked(1000, 8, status, response).asked(3000, '/page/0');

/** Two requests are in progress at any time, for one and a half seconds; what comes in between waits. */
const busy = (): Run => {
  const run = new Run().asks(0, 6);
  for (const [at, path] of ['/a', '/b', '/c', '/d', '/e', '/f'].entries()) {
    // Each takes half a second; the third to sixth wait until a place is free.
    const waits = at < 2 ? 0 : at < 4 ? 490 : 980;
    run.front(1000 + at, path, 200, 510 + waits).back(1000 + at, path, { afterMs: waits, takesMs: 490 });
  }
  return run;
};

/** Of those that wait meanwhile three are not served. */
const queue = (response: object = HAPROXY): Run =>
  [0, 1, 2].reduce((run, at) => run.front(1100 + 10 * at, `/page/${at}`, 503, 400, response), busy());

/** Every other request goes to a server that the capture leaves out. */
function scattered(response: object, requests = 12): Run {
  const run = new Run();
  for (let at = 0; at < requests; at += 1) {
    if (at % 2 === 0) run.asked(50 * at, `/page/${at % 4}`);
    else run.front(50 * at, `/page/${(at + 1) % 4}`, 503, 0.3, response);
  }
  return run;
}

/** What each of eight 503 is given beside; all are told but for it. */
const unaskedEach = (of: (run: Run, ms: number, path: string) => Run): Run =>
  [0, 1, 2, 3, 4, 5, 6, 7].reduce((run, at) => of(run, 1100 + 50 * at, `/page/${at}`), new Run().asks(0, 20));

/** A health check of the gateway, which is refused. */
const check = (run: Run, ms: number): Run => run.back(ms, '/health', { status: 404, from: null });

testRule(gatewayUnasked, {
  fires: [
    {
      name: 'nginx has no server left after a failure',
      facts: new Run().asks(0, 12).asked(900, '/boom', 502).unasked(1000, 8, 502, NGINX).asked(3000, '/page/0').all,
      subject: '10.0.0.49:80',
      occurrences: 8,
      severity: 'critical',
      confidence: 'likely',
      verdicts: { 'no-server-alive': 'supported', 'queue-timed-out': 'ruled-out', 'own-rule': 'ruled-out' },
    },
    {
      name: 'HAProxy’s health check fails, and it asks nobody any more',
      facts: new Run()
        .asks(0, 12)
        .back(880, '/health', { status: 500, from: null })
        .back(920, '/health', { status: 500, from: null })
        .unasked(1000, 10, 503, HAPROXY)
        .back(1920, '/health', { status: 500, from: null }).all,
      subject: '10.0.0.49:80',
      occurrences: 10,
      confidence: 'likely',
      verdicts: { 'no-server-alive': 'supported', 'own-rule': 'open' },
    },
    {
      name: 'somebody took the servers out',
      facts: phase(503, HAPROXY).all,
      subject: '10.0.0.49:80',
      occurrences: 8,
      confidence: 'likely',
      verdicts: { 'no-server-alive': 'open', 'own-rule': 'open', 'queue-timed-out': 'ruled-out' },
    },
    {
      name: 'a connection behind is refused, nobody is asked for a while, and later one is refused again',
      facts: new Run().asks(0, 20).refused(1050).unasked(1100, 8, 503, HAPROXY).refused(2900).asked(3000, '/page/0')
        .all,
      subject: '10.0.0.49:80',
      occurrences: 8,
      confidence: 'likely',
      verdicts: { 'no-server-alive': 'supported', 'own-rule': 'open' },
    },
    {
      name: 'connections on which nothing is asked are opened behind meanwhile, as a health check by TCP does',
      facts: [0, 1, 2, 3, 4, 5, 6, 7].reduce(
        (run, at) =>
          run.add([...handshake(), finBy('client', 300)], { ...BACK, beginsAt: (1100 + 50 * at) * MS + 900 }),
        new Run().asks(0, 20).unasked(1100, 8, 503, HAPROXY),
      ).all,
      subject: '10.0.0.49:80',
      occurrences: 8,
      confidence: 'likely',
    },
    {
      name: 'the leg behind is in a capture of its own, which goes on',
      facts: new Run(1).asks(0, 12).unasked(1000, 8, 503, HAPROXY).asked(3000, '/page/0').all,
      subject: '10.0.0.49:80',
      occurrences: 8,
      confidence: 'likely',
    },
    {
      name: 'nginx limits requests among others',
      facts: scattered(NGINX_503).all,
      subject: '10.0.0.49:80',
      occurrences: 6,
      confidence: 'likely',
      verdicts: { 'own-rule': 'supported', 'no-server-alive': 'ruled-out' },
    },
    {
      name: 'meanwhile the same is asked for behind for another client',
      facts: unaskedEach((run, ms, path) => {
        run.front(ms, path, 503, 5, NGINX_503).front(ms + 0.5, path, 200, 3, {}, { client: '192.0.2.9' });
        return run.back(ms + 0.5, path, { from: '192.0.2.9' });
      }).all,
      subject: '10.0.0.49:80',
      occurrences: 8,
      confidence: 'likely',
      verdicts: { 'own-rule': 'supported' },
    },
    ...['check', 'queue', 'limit'].map((story) => ({
      name: `a real one does: ${story}`,
      capture: `samples/gateway-unasked-${story}.pcapng`,
      subject: '10.0.0.49:80',
      occurrences: { check: 18, queue: 6, limit: 12 }[story] ?? 0,
      severity: 'critical' as const,
      confidence: 'likely' as const,
      marks: ['503 from the front'],
    })),
    {
      name: 'requests wait in HAProxy’s queue in vain',
      facts: queue().all,
      subject: '10.0.0.49:80',
      occurrences: 3,
      confidence: 'likely',
      verdicts: { 'queue-timed-out': 'supported', 'no-server-alive': 'ruled-out', 'own-rule': 'ruled-out' },
    },
  ],
  silent: [
    ...['check', 'queue', 'limit'].map((story) => ({
      name: `its healthy twin does: ${story}`,
      capture: `samples/gateway-unasked-${story}-healthy.pcapng`,
    })),
    {
      name: 'only packets with payload were captured: a refused connection would not be seen',
      facts: phase(503, HAPROXY).all.map((facts) => ({
        ...facts,
        handshake: { ...facts.handshake, kind: 'none', syn: null, synAck: null, synToSynAckNs: null },
      })),
    },
    {
      name: 'they are answered before they are there to the end: a body is refused, whatever is asked behind',
      facts: unaskedEach((run, ms, path) => run.front(ms, path, 503, 0.2, HAPROXY, { complete: false })).all,
    },
    {
      name: 'the application says 503, and it is handed on',
      lookAlike: 'server-says-so',
      facts: [0, 1, 2, 3, 4, 5].reduce(
        (run, at) => run.asked(1000 + 50 * at, `/page/${at}`, 503),
        new Run().asks(0, 12),
      ).all,
    },
    {
      name: 'each attempt to connect is refused meanwhile',
      lookAlike: 'asked-in-vain',
      facts: (() => {
        const run = new Run().asks(0, 20);
        for (let at = 0; at < 8; at += 1) {
          run.front(1100 + 50 * at, `/page/${at}`, 503, 2, HAPROXY);
          run.refused(1101.5 + 50 * at);
        }
        return run.all;
      })(),
    },
    {
      name: 'something that the gateway asks behind fails meanwhile, and is not known to be theirs',
      lookAlike: 'asked-in-vain',
      facts: (() => {
        const run = new Run().asks(0, 20).unasked(1100, 8, 503, HAPROXY);
        for (let at = 0; at < 8; at += 1) run.back(1100 + 50 * at, '/backend', { status: 500, from: null });
        return run.all;
      })(),
    },
    {
      name: 'the like of each is asked for behind meanwhile and answered, and nobody knows for whom',
      lookAlike: 'asked-in-vain',
      facts: (() => {
        const run = new Run().asks(0, 20).unasked(1100, 8, 503, HAPROXY);
        for (let at = 0; at < 8; at += 1) run.back(1100 + 50 * at, `/page/${at}`, { from: null });
        return run.all;
      })(),
    },
    {
      name: 'the gateway serves most of it by itself',
      lookAlike: 'serves-itself',
      facts: (() => {
        const run = new Run().asks(0, 20);
        for (let at = 0; at < 8; at += 1) run.front(1100 + 50 * at, `/file/${at}`, 200, 0.2);
        return run.unasked(2000, 8, 503, HAPROXY).all;
      })(),
    },
    {
      name: 'the gateway asked behind for two requests alone',
      lookAlike: 'serves-itself',
      facts: new Run()
        .asked(0, '/page/0')
        .unasked(100, 1, 503, NGINX_503)
        .asked(300, '/page/0')
        .unasked(400, 1, 503, NGINX_503)
        .unasked(500, 1, 503, NGINX_503).all,
    },
    {
      name: 'every other request goes where the capture does not look',
      lookAlike: 'server-not-captured',
      facts: scattered(HAPROXY).all,
    },
    {
      name: 'every other of many requests goes there',
      lookAlike: 'server-not-captured',
      facts: scattered(HAPROXY, 60).all,
    },
    {
      name: 'three of five requests go there, so that some stand together',
      lookAlike: 'server-not-captured',
      facts: [0, 1, 2, 3, 4, 5].reduce(
        (run, at) =>
          run
            .asks(300 * at, 2)
            .unasked(300 * at + 100, 2, 503, HAPROXY)
            .unasked(300 * at + 200, 1, 503, HAPROXY),
        new Run(),
      ).all,
    },
    {
      name: 'nothing behind the gateway was captured',
      lookAlike: 'front-only',
      facts: phase(503, HAPROXY).all.filter(({ server }) => server.endpoint.port === 80),
    },
    {
      name: 'what fails is never asked for where the capture looks, as with PHP-FPM over a Unix socket',
      facts: (() => {
        const run = new Run().asks(0, 20);
        for (let at = 0; at < 8; at += 1) run.front(1100 + 50 * at, `/index.php/${at}`, 502, 0.3, NGINX);
        return run.all;
      })(),
    },
    {
      name: 'nginx hands on what a server says that the capture leaves out',
      lookAlike: 'server-not-captured',
      facts: scattered({
        fields: fieldsOf({ server: 'nginx/1.22.1', 'content-type': 'application/json' }),
        contentLength: 23,
      }).all,
    },
    {
      name: 'what fails is asked for of another name, which has its server elsewhere',
      facts: (() => {
        const run = new Run().asks(0, 12);
        const steps = [get(1000, '/page/0', { authority: 'other.example' }), answer(1300, 503, 300, HAPROXY)];
        for (let at = 0; at < 8; at += 1)
          run.add([...handshake(), ...steps, finBy('client', 1500), finBy('server', 1600)], {
            ...FRONT,
            client: '192.0.2.1',
            beginsAt: (1000 + 50 * at) * MS,
          });
        return run.all;
      })(),
    },
    {
      name: 'nginx keeps the 503 of the server, and answers with it again',
      lookAlike: 'serves-itself',
      facts: (() => {
        const page = { fields: fieldsOf({ server: 'nginx/1.22.1', 'content-type': 'text/html' }), contentLength: 23 };
        const run = new Run().asks(0, 12);
        for (let at = 0; at < 8; at += 1) run.asked(700 + 10 * at, `/page/${at}`, 503);
        return run.unasked(1000, 8, 503, page).all;
      })(),
    },
    ...[502, 504].map((status) => ({
      name: `a cache keeps the ${status} of the server, itself a gateway, and answers with it again`,
      lookAlike: 'serves-itself',
      facts: (() => {
        const run = new Run().asks(0, 12);
        for (let at = 0; at < 8; at += 1) run.asked(700 + 10 * at, `/page/${at}`, status);
        return run.unasked(1000, 8, status, NGINX).asked(3000, '/page/0').all;
      })(),
    })),
    {
      name: 'it sends all requests of a client where the capture does not look, by its address',
      lookAlike: 'server-not-captured',
      facts: unaskedEach((run, ms, path) => run.front(ms, path, 503, 0.2, HAPROXY, { client: '192.0.2.9' })).asked(
        3000,
        '/page/0',
      ).all,
    },
    {
      name: 'two answers are no state of the gateway',
      facts: new Run().asks(0, 40).unasked(2100, 2, 503, HAPROXY).all,
    },
    {
      name: 'they waited, and places were free behind',
      facts: [0, 1, 2].reduce((run, at) => run.front(3000 + 10 * at, `/page/${at}`, 503, 400, HAPROXY), busy()).all,
    },
    {
      name: 'they waited while as many as ever were in progress, but no other was ever asked for after a wait',
      facts: (() => {
        const run = new Run().asks(0, 6);
        for (const path of ['/a', '/b']) run.front(1000, path, 200, 510).back(1000, path, { takesMs: 490 });
        for (const at of [0, 1, 2]) run.front(1050 + 10 * at, `/page/${at}`, 503, 400, HAPROXY);
        return run.all;
      })(),
    },
  ],
  cannotTell: [
    {
      name: 'of one request in forty nobody knows what it asks for',
      facts: unaskedEach((run, ms, path) => run.front(ms, path, 503, 0.2, HAPROXY)).front(3000, UNKNOWN_TEXT, 200, 3)
        .all,
    },
    {
      name: 'the capture of the leg behind may have ended before',
      facts: new Run(1).asks(0, 12).unasked(1000, 10, 503, HAPROXY).all,
    },
    {
      name: 'in one file, too: captures of both legs that were merged',
      facts: new Run().asks(0, 12).unasked(1000, 10, 503, HAPROXY).all,
    },
    {
      name: 'or have begun later',
      facts: new Run().unasked(0, 10, 503, HAPROXY).asks(1000, 12).all,
    },
    {
      name: 'so many others sent what cannot be read that nobody knows whether the gateway did',
      facts: (() => {
        const run = phase(503, HAPROXY);
        const steps: Step[] = [...handshake(), { at: 2000, is: 'data', from: 'client', bytes: 300 }];
        const of = (client: string) =>
          run.add([...steps, finBy('client', 9000)], { ...FRONT, serverPort: 443, client, beginsAt: 900 * MS });
        for (let at = 0; at < 1100; at += 1) of(`198.18.${at >> 8}.${at & 255}`);
        return run.all;
      })(),
    },
    {
      name: 'the gateway speaks something that cannot be read meanwhile',
      facts: (() => {
        const run = phase(503, HAPROXY);
        const steps: Step[] = [...handshake(), { at: 2000, is: 'data', from: 'client', bytes: 300 }];
        run.add([...steps, finBy('client', 900 * MS)], { ...BACK, beginsAt: 900 * MS });
        return run.all;
      })(),
    },
  ],
});

describe('gateway-unasked', () => {
  it('says what failed before, and for how long nobody was asked', () => {
    const run = new Run().asks(0, 12).asked(900, '/boom', 502).unasked(1000, 8, 502, NGINX).asked(3000, '/page/0');
    const [finding] = findingsOf(gatewayUnasked, run.all);
    expect(finding?.facts).toMatchObject({ manner: 'phase', askedBehind: 14 });
    expect(finding?.summary).toContain('2.10 s after what failed behind');
    expect(finding?.remedies.map(({ component }) => component)).toEqual(['gateway log', 'nginx']);
  });

  it('gives HAProxy’s settings of a queue for no page of another', () => {
    const remedyFor = (response: object) => findingsOf(gatewayUnasked, queue(response).all)[0]?.remedies[0];
    expect(remedyFor(HAPROXY)).toMatchObject({ component: 'haproxy', config: expect.stringContaining('maxconn 4') });
    expect(remedyFor({ fields: fieldsOf({ server: 'envoy' }) })).toMatchObject({ component: 'gateway', config: null });
  });

  it.each<[string, object, boolean]>([
    ['its own', HAPROXY, true],
    ['that of 504', { ...HAPROXY, contentLength: 92 }, true],
    ['as long, but JSON', { ...HAPROXY, fields: fieldsOf({ 'content-type': 'application/json' }) }, false],
    ['longer', { ...HAPROXY, contentLength: 108 }, false],
  ])('knows HAProxy’s page by its type and its length: %s', (_, response, isIts) => {
    const [finding] = findingsOf(gatewayUnasked, phase(503, response).all);
    const components = finding?.remedies.map(({ component }) => component) ?? [];
    expect(components).toContain('haproxy');
    expect(!components.includes('caddy')).toBe(isIts);
  });

  const FORWARDED = { fields: fieldsOf({ 'x-forwarded-for': '192.0.2.1' }) };
  const unread: Step[] = [...handshake(), { at: 2000, is: 'data', from: 'client', bytes: 300 }, finBy('client', 9000)];
  it.each<[string, 'supported' | 'open', (run: Run) => Run, number?]>([
    ['a health check that is refused again', 'supported', (run) => check(check(run, 1020), 1060)],
    ['what is refused once, and may be anything', 'open', (run) => check(run, 1060)],
    ['a failure seconds before, not long before', 'supported', (run) => run.asked(1060, '/boom', 502), 5000],
    ['a failure long before', 'open', (run) => run.asked(1060, '/boom', 502), 8000],
    ['a connection that cannot be read', 'open', (run) => run.add(unread, { ...BACK, beginsAt: 1060 * MS })],
    [
      'a request whose leg was not captured to its end',
      'open',
      (run) =>
        run
          .front(1060, '/page/0', 200, 3)
          .add([...handshake(20, 40), get(100, '/page/0', FORWARDED)], { ...BACK, beginsAt: 1060 * MS + 1100 }),
    ],
  ])('weighs what came before as a reason: %s is %s', (_, verdict, before, unaskedAt = 1100) => {
    const run = before(new Run().asks(0, 20))
      .unasked(unaskedAt, 8, 503, HAPROXY)
      .asked(unaskedAt + 2000, '/page/0');
    const [finding] = findingsOf(gatewayUnasked, run.all);
    expect(finding?.hypotheses.find(({ cause }) => cause === 'no-server-alive')?.verdict).toBe(verdict);
  });
});
