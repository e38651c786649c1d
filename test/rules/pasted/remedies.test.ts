/**
 * What remedies tell to paste is given to the programs that are to take it, where they are installed. The cases have
 * what their remedies are made of, and nothing else; figures are those that syntaxes may not like.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Hypothesis, Remedy } from '../../../src/facts/finding.js';
import type { Case as Asymmetric } from '../../../src/rules/asymmetric-path/case.js';
import { remediesOf as asymmetricPath } from '../../../src/rules/asymmetric-path/remedies.js';
import type { Case as Refused } from '../../../src/rules/connect-refused/case.js';
import { remediesOf as connectRefused } from '../../../src/rules/connect-refused/remedies.js';
import type { Case as Misrouted } from '../../../src/rules/cross-sni-reuse/case.js';
import { remediesOf as crossSniReuse } from '../../../src/rules/cross-sni-reuse/remedies.js';
import type { Case as Unasked } from '../../../src/rules/gateway-unasked/case.js';
import { remediesOf as gatewayUnasked } from '../../../src/rules/gateway-unasked/remedies.js';
import { FOR_REQUESTS, FOR_RESPONSES } from '../../../src/rules/header-too-large/remedies.js';
import type { Case as Race } from '../../../src/rules/keepalive-race/case.js';
import { remediesOf as keepaliveRace } from '../../../src/rules/keepalive-race/remedies.js';
import { REMEDIES as MISMATCHES } from '../../../src/rules/protocol-mismatch/remedies.js';
import { remediesOf as redirectLoop } from '../../../src/rules/redirect-loop/remedies.js';
import type { Case as Handshake } from '../../../src/rules/tls-handshake-failure/case.js';
import { remediesOf as tlsHandshake } from '../../../src/rules/tls-handshake-failure/remedies.js';
import type { Case as Offload } from '../../../src/rules/tls-offload-leak/case.js';
import { remediesOf as tlsOffload } from '../../../src/rules/tls-offload-leak/remedies.js';
import { streamRemedies, remediesOf as truncated } from '../../../src/rules/truncated-response/remedies.js';
import type { Case as Idle } from '../../../src/rules/websocket-idle-close/case.js';
import { remediesOf as webSocketIdle } from '../../../src/rules/websocket-idle-close/remedies.js';
import type { Case as Upgrade } from '../../../src/rules/websocket-upgrade-failed/case.js';
import { remediesOf as webSocketUpgrade } from '../../../src/rules/websocket-upgrade-failed/remedies.js';
import { checkerIn, isInstalled, type Part, PROGRAMS, partsOf } from './programs.js';

/** Seconds: what rounds to nothing, parts of a second, a timer that fires early, and long ones. */
const SECONDS = [0.0005, 0.5, 5, 59.98, 60, 3600];
const SERVER = { address: '2001:db8::49', port: 8443 };

function supported(...causes: readonly string[]): Hypothesis[] {
  return causes.map((cause) => ({ cause, verdict: 'supported', because: '#1' }) as Hypothesis);
}

function race(timeout: number, software: string | null, clientTimeout: number | null): Remedy[] {
  return keepaliveRace({
    kind: 'race',
    sorts: { stalePool: 0, abort: 1, expiry: 0 },
    timeout: { seconds: timeout, samples: 3 },
    clientTimeout: clientTimeout === null ? null : { seconds: clientTimeout },
    software: software === null ? null : { value: software },
    announced: null,
    lostReuse: null,
    longestAnswered: null,
  } as unknown as Race);
}

const HANDSHAKES = ['unknown-name', 'no-name', 'no-common-alpn', 'version', 'cipher', 'client-certificate-missing'];

const TOLD: Readonly<Record<string, () => readonly Remedy[]>> = {
  'asymmetric-path': () => asymmetricPath({ first: {}, answerer: null } as Asymmetric, [], SERVER),
  'connect-refused': () =>
    connectRefused(
      { fallsBack: true, otherPort: null, refusals: [] } as unknown as Refused,
      supported('restarting'),
      SERVER,
    ),
  'cross-sni-reuse': () =>
    crossSniReuse({
      kind: 'misrouted',
      pair: { server: SERVER, openedFor: 'www.a.example', name: 'www.b.example' },
      isGateway: true,
      passesThrough: null,
    } as Misrouted),
  'gateway-unasked': () => [
    ...gatewayUnasked({ manner: 'phase', product: null, first: { status: 502 } } as Unasked),
    ...gatewayUnasked({ manner: 'among', product: 'nginx', first: { status: 503 } } as Unasked),
    ...gatewayUnasked({ manner: 'queue', product: 'haproxy', mostInProgress: 1, queueSeconds: null } as Unasked),
  ],
  'header-too-large': () => [...FOR_REQUESTS, ...FOR_RESPONSES],
  'keepalive-race': () => [
    ...SECONDS.flatMap((seconds) => race(seconds, null, null)),
    ...SECONDS.flatMap((seconds) => race(0.0005, null, seconds)),
    ...race(5, 'Caddy', null),
  ],
  'protocol-mismatch': () => Object.values(MISMATCHES).flat(),
  'redirect-loop': () => redirectLoop(supported('header-not-sent', 'header-overwritten')),
  'tls-handshake-failure': () =>
    HANDSHAKES.flatMap((cause) =>
      tlsHandshake(
        {
          idle: null,
          first: { alpn: ['h2'], versions: [] },
          names: ['a.example'],
          clients: [],
          failures: [],
        } as unknown as Handshake,
        supported(cause),
      ),
    ),
  'tls-offload-leak': () => tlsOffload({ counts: { location: 1, cookie: 1 } } as Offload, []),
  'truncated-response': () => [...truncated([]), ...SECONDS.flatMap(streamRemedies)],
  'websocket-idle-close': () =>
    SECONDS.flatMap((seconds) => webSocketIdle({ seconds, timer: { agreeing: 3 } } as Idle, [])),
  'websocket-upgrade-failed': () =>
    webSocketUpgrade(
      { first: { path: '/live', origin: null }, status: 404 } as Upgrade,
      supported('proxy-drops-upgrade', 'http2-client', 'wrong-route', 'key-lost', 'answer-altered'),
    ),
};

const told = Object.entries(TOLD).flatMap(([rule, remediesOf]) => remediesOf().map((remedy) => ({ rule, remedy })));

describe('what remedies tell to paste', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'pasted-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(PROGRAMS.filter(isInstalled))(
    'is taken by %s',
    (program) => {
      const complaintOf = checkerIn(folder);
      const parts = new Map<string, { readonly rule: string; readonly part: Part }>();
      for (const { rule, remedy } of told)
        for (const part of partsOf(remedy))
          if (part.program === program) parts.set(part.lines.join('\n'), { rule, part });
      expect(parts.size).toBeGreaterThan(0);
      const refused = [...parts.values()].flatMap(({ rule, part }) => {
        const complaint = complaintOf(part);
        return complaint === null ? [] : [`${rule}:\n${part.lines.join('\n')}\n${complaint}`];
      });
      expect(refused).toEqual([]);
    },
    600_000,
  );

  it('has no comment behind what takes it for a part of the value: Apache’s directives, properties', () => {
    const lines = told.flatMap(({ remedy }) => remedy.config?.split('\n') ?? []);
    expect(lines.filter((line) => /^(?:[A-Z][a-zA-Z]+ .*|[a-z]+\.[a-z.-]+=\S+) +#/.test(line))).toEqual([]);
  });

  it('has whole figures where a unit follows, and none that is nothing, apart from Envoy, which takes parts of a second', () => {
    const lines = told.flatMap(({ remedy }) =>
      /envoy/.test(remedy.component) ? [] : (remedy.config?.split('\n') ?? []),
    );
    expect(
      lines.filter((line) => /\b0m?s\b|\d\.\d+m?s\b|=0$| 0;|NaN|Infinity/.test(line.replace('size 0;', ''))),
    ).toEqual([]);
  });
});
