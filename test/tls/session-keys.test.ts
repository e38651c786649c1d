import { describe, expect, it } from 'vitest';
import { readClientHello } from '../../src/tls/client-hello.js';
import { Direction, type DirectionOwner } from '../../src/tls/direction.js';
import { KeyLog } from '../../src/tls/key-log.js';
import { readServerHello } from '../../src/tls/server-hello.js';
import { SessionKeys } from '../../src/tls/session-keys.js';
import { clientHello, extension, type HelloOptions, RANDOM, serverHello, u16 } from './build-hello.js';

const HEX = RANDOM.toString('hex');
const MASTER = `CLIENT_RANDOM ${HEX} ${'01'.repeat(48)}\n`;
const TRAFFIC = ['CLIENT_HANDSHAKE', 'SERVER_HANDSHAKE']
  .map((label) => `${label}_TRAFFIC_SECRET ${HEX} ${'02'.repeat(32)}\n`)
  .join('');
const EARLY = `CLIENT_EARLY_TRAFFIC_SECRET ${HEX} ${'03'.repeat(32)}\n`;
const TLS_1_3 = { suites: [0x1301], extensions: [extension(43, u16(0x0304))] };

function keysOf(log: string, options: HelloOptions | null = {}, client: HelloOptions = {}) {
  const keyLog = new KeyLog();
  keyLog.add(log);
  const keys = new SessionKeys(keyLog, null);
  const direction = new Direction({} as DirectionOwner, false);
  const hello = clientHello(client);
  const read = readClientHello(hello, 0, hello.length);
  if (read === null) throw new Error('no hello');
  const isNew = keys.begin(read);
  if (options !== null) {
    const body = serverHello(options);
    const answer = readServerHello(body, 0, body.length);
    if (answer === null) throw new Error('no answer');
    keys.agree(answer);
  }
  return { keys, direction, hello: read, isNew };
}

describe('the keys of a session', () => {
  it('of TLS 1.2 come into force with a ChangeCipherSpec', () => {
    const { keys, direction } = keysOf(MASTER);
    expect(keys.find(direction, true)).toBe(false);
    direction.hasChangedCipher = true;
    expect(keys.change(direction, true)).toBe(true);
    expect(direction.opener).not.toBeNull();
    expect(keys.hadKeys).toBe(true);
  });

  it('of TLS 1.3 are there with the hellos', () => {
    const { keys, direction } = keysOf(TRAFFIC, TLS_1_3);
    expect([keys.find(direction, true), direction.opener !== null]).toEqual([true, true]);
    expect(keys.isEarly(direction)).toBe(false);
  });

  it('of TLS 1.3 begin with those of early data, where it was offered', () => {
    const { keys, direction } = keysOf(TRAFFIC + EARLY, TLS_1_3, { extensions: [extension(42)] });
    expect([keys.find(direction, true), keys.isEarly(direction)]).toEqual([true, true]);
    const other = new Direction({} as DirectionOwner, false);
    expect([keys.find(other, false), keys.isEarly(other)]).toEqual([true, false]);
  });

  it('may yet come while the server has not answered, if the log knows the client', () => {
    const known = keysOf(MASTER, null);
    expect(known.keys.mayOpen(known.direction, true)).toBe(true);
    const unknown = keysOf(MASTER.replace(HEX, '00'.repeat(32)), null);
    expect(unknown.keys.mayOpen(unknown.direction, true)).toBe(false);
    const empty = keysOf('', null);
    expect(empty.keys.mayOpen(empty.direction, true)).toBe(false);
  });

  it('may yet come for a server whose hello was captured before its client’s, and for nobody without a hello', () => {
    const keyLog = new KeyLog();
    keyLog.add(MASTER);
    const keys = new SessionKeys(keyLog, null);
    const direction = new Direction({} as DirectionOwner, false);
    expect(keys.mayOpen(direction, false)).toBe(false);
    const body = serverHello({});
    const answer = readServerHello(body, 0, body.length);
    if (answer === null) throw new Error('no answer');
    keys.agree(answer);
    expect(keys.mayOpen(direction, false)).toBe(true);
  });

  it.each([
    ['a version that is not decrypted', { version: 0x0300, suites: [0x002f], extensions: null }],
    ['a draft of TLS 1.3', { suites: [0x1301], extensions: [extension(43, u16(0x7f17))] }],
    ['a suite that is not decrypted', { suites: [0x0005] }],
  ])('are of no use in %s', (_what, options) => {
    const { keys, direction } = keysOf(MASTER + TRAFFIC, options);
    direction.hasChangedCipher = true;
    expect([keys.isUnsupported, keys.mayOpen(direction, true), direction.opener]).toEqual([true, false, null]);
  });

  it('are others after a renegotiation, and the same after a repeated hello', () => {
    const { keys, direction, hello, isNew } = keysOf(MASTER);
    direction.hasChangedCipher = true;
    keys.change(direction, true);
    expect([isNew, keys.begin(hello)]).toEqual([true, false]);
    expect(keys.begin({ ...hello, random: '00'.repeat(32) })).toBe(true);
    expect([keys.change(direction, true), direction.opener]).toEqual([false, null]);
  });
});
