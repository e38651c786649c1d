import { describe, expect, it } from 'vitest';
import type { Case } from '../../../src/rules/websocket-idle-close/case.js';
import { remediesOf } from '../../../src/rules/websocket-idle-close/remedies.js';

describe('what is to be changed where WebSockets are cut for being idle', () => {
  it.each([
    [0.5, 200, 3600],
    [59.98, 29_000, 3600],
    [60, 30_000, 3600],
    [3600, 1_800_000, 7200],
  ])('after %s s: a ping each %s ms, or %s s', (seconds, pingMs, longer) => {
    const timer = { agreeing: 3 } as Case['timer'];
    const remedies = remediesOf({ seconds, timer } as Case, []);
    const configOf = (name: string) => remedies.find(({ component }) => component === name)?.config;
    expect(configOf('application')).toContain(`, ${pingMs});`);
    expect(configOf('nginx')).toBe(`proxy_read_timeout ${longer}s;\nproxy_send_timeout ${longer}s;`);
    // ProxyWebsocketIdleTimeout is none of Apache 2.4, which does not start with it.
    expect(configOf('apache')).toBe(`ProxyTimeout ${longer}`);
    // Tomcat takes its time-out of connections off those that became WebSockets.
    expect(configOf('server')).toBe(`session.setMaxIdleTimeout(${longer * 1000}); // Jakarta WebSocket`);
    expect(configOf('aws-alb') ?? '').toBe(longer > 4000 ? '' : configOf('aws-alb'));
  });
});
