import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyLog } from '../../src/tls/key-log.js';

const RANDOM = 'ab'.repeat(32);
const MASTER = '01'.repeat(48);
const SECRET = '02'.repeat(32);

function logged(text: string): KeyLog {
  const log = new KeyLog();
  log.add(text);
  return log;
}

describe('a key log', () => {
  it('gives each session its secrets', () => {
    const log = logged(
      `CLIENT_RANDOM ${RANDOM} ${MASTER}\nCLIENT_TRAFFIC_SECRET_0 ${'cd'.repeat(32)} ${SECRET}\n` +
        `SERVER_HANDSHAKE_TRAFFIC_SECRET ${'cd'.repeat(32)} ${SECRET}\n`,
    );
    expect(Buffer.from(log.secretsOf(RANDOM)?.master ?? []).toString('hex')).toBe(MASTER);
    expect(Object.keys(log.secretsOf('cd'.repeat(32)) ?? {})).toEqual(['clientApplication', 'serverHandshake']);
    expect(log.secretsOf('ef'.repeat(32))).toBeNull();
  });

  it('is read with junk between its lines', () => {
    const log = logged(
      [
        '# SSL/TLS secrets log file',
        '',
        'EXPORTER_SECRET nonsense',
        `EXPORTER_SECRET ${RANDOM} ${SECRET}`,
        `RSA 0123456789abcdef ${MASTER}`,
        'CLIENT_RANDOM short 00',
        `CLIENT_RANDOM ${RANDOM} ${SECRET}`,
        `CLIENT_RANDOM ${RANDOM} ${MASTER}0`,
        `constructor ${RANDOM} ${SECRET}`,
        `client_random ${RANDOM} ${MASTER}`,
        'x'.repeat(100_000),
        `CLIENT_RANDOM ${RANDOM.toUpperCase()} ${MASTER.toUpperCase()}\r`,
        `CLIENT_RANDOM ${RANDOM} 01`,
      ].join('\n'),
    );
    expect(log.secretsOf(RANDOM)?.master).toHaveLength(48);
    expect(Object.keys(log.secretsOf(RANDOM) ?? {})).toEqual(['master']);
  });

  it('a last line without its end counts, one cut short does not', () => {
    expect(logged(`CLIENT_RANDOM ${RANDOM} ${MASTER}`).isEmpty).toBe(false);
    expect(logged(`CLIENT_RANDOM ${RANDOM} ${MASTER.slice(0, 50)}`).isEmpty).toBe(true);
  });

  it('remembers that a key was asked for in vain', () => {
    const log = logged(`CLIENT_RANDOM ${RANDOM} ${MASTER}\n`);
    log.secretsOf(RANDOM);
    expect(log.hasMissed).toBe(false);
    log.secretsOf('00'.repeat(32));
    expect(log.hasMissed).toBe(true);
  });

  it('misses what it lacks of a session of TLS 1.3', () => {
    const labels = ['CLIENT_HANDSHAKE_TRAFFIC_SECRET', 'SERVER_HANDSHAKE_TRAFFIC_SECRET', 'CLIENT_TRAFFIC_SECRET_0'];
    const log = logged(labels.map((label) => `${label} ${RANDOM} ${'ab'.repeat(32)}\n`).join(''));
    log.secretsOf(RANDOM);
    expect(log.hasMissed).toBe(true);
    log.add(`SERVER_TRAFFIC_SECRET_0 ${RANDOM} ${'ab'.repeat(32)}\n`);
    log.hasMissed = false;
    log.secretsOf(RANDOM);
    expect(log.hasMissed).toBe(false);
  });

  it('takes any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => logged(text).isEmpty));
  });
});
