import { describe, expect, it } from 'vitest';
import { bulkCipherOf } from '../../src/tls/cipher-suite.js';
import { protectionOfSecret } from '../../src/tls/decryption/key-derivation.js';
import { RecordOpener } from '../../src/tls/decryption/record-opener.js';
import { Direction, type DirectionOwner, MAX_HELD_BYTES } from '../../src/tls/direction.js';
import { TLS_1_3 } from '../../src/tls/version.js';
import { handshakeRecord } from './build-hello.js';
import { seal13 } from './decryption/seal.js';

const SECRET = Buffer.alloc(32, 5);

/** A direction of TLS 1.3 whose owner takes down what it is told. */
function direction(mayOpen = true) {
  const lines: string[] = [];
  const owner: DirectionOwner = {
    mayOpen: () => mayOpen,
    isProtected: (_direction, contentType) => contentType === 23,
    missedChangeCipherSpec: () => undefined,
    protectedRecord: () => undefined,
    closed: (_direction, contentType, length) => lines.push(`closed ${contentType} ${length}`),
    message: (_direction, type, view, start, end) =>
      lines.push(`message ${type} ${Buffer.from(view.slice(start, end)).toString('latin1')}`),
    alert: (_direction, level, description, isOpened) => lines.push(`alert ${level} ${description} ${isOpened}`),
    changeCipherSpec: () => lines.push('change'),
    plaintext: (_direction, view, start, end, packet) =>
      lines.push(`plaintext ${Buffer.from(view.slice(start, end)).toString('latin1')} ${packet}`),
    plaintextLost: (_direction, length) => lines.push(`lost ${length}`),
    ssl2: () => lines.push('ssl2'),
    ended: (_direction, how) => lines.push(`ended ${how}`),
    anomaly: (_direction, name) => lines.push(name),
  };
  const made = new Direction(owner, false);
  let packet = 0;
  const feed = (bytes: Uint8Array): void => {
    packet += 1;
    made.input.bytes(bytes, 0, bytes.length, packet, packet);
  };
  const giveKeys = (): void => {
    const cipher = bulkCipherOf(0x1301, TLS_1_3);
    if (cipher !== null) made.opener = new RecordOpener(protectionOfSecret(cipher, SECRET, null));
  };
  return { made, lines, feed, giveKeys };
}

const sealed = (sequence: number, text: string, type = 23) =>
  seal13(SECRET, sequence, type, Buffer.from(text, 'latin1'));

describe('one direction of TLS', () => {
  it('tells what is in clear', () => {
    const { lines, feed, made } = direction();
    feed(handshakeRecord(1, Buffer.from('hello')));
    feed(Buffer.from('140303000101', 'hex'));
    feed(Buffer.from('15030300020228', 'hex'));
    made.input.end('fin', 4, 4);
    expect(lines).toEqual(['message 1 hello', 'change', 'alert 2 40 false', 'ended fin']);
    expect([made.protectedRecords, made.tally.records, made.hasEnded]).toEqual([0, 3, true]);
  });

  it('holds protected records until there are keys, and opens them in order', () => {
    const { lines, feed, made, giveKeys } = direction();
    feed(sealed(0, 'one'));
    feed(sealed(1, 'two'));
    expect(lines).toEqual([]);
    giveKeys();
    made.releaseHeld();
    feed(sealed(2, 'three'));
    expect(lines).toEqual(['plaintext one 1', 'plaintext two 2', 'plaintext three 3']);
    expect([made.openedRecords, made.protectedRecords]).toEqual([3, 3]);
  });

  it('lets them go where there are none', () => {
    const { lines, feed, made } = direction();
    feed(sealed(0, 'one'));
    made.releaseHeld();
    feed(sealed(1, 'two'));
    made.input.end('capture-ended', 3, 3);
    expect(lines).toEqual(['closed 23 20', 'closed 23 20', 'ended capture-ended']);
    expect(made.hasEnded).toBe(false);
  });

  it('holds no more than its bound', () => {
    const { lines, feed, made } = direction();
    const big = sealed(0, 'x'.repeat(16_000));
    for (let held = 0; held <= MAX_HELD_BYTES; held += big.length) feed(big);
    const closed = `closed 23 ${big.length - 5}`;
    expect(lines).toEqual(['tls-records-not-held', ...Array.from({ length: made.protectedRecords }, () => closed)]);
    feed(big);
    expect(lines.slice(-2)).toEqual([closed, closed]);
    expect(made.passedRecords).toBe(made.protectedRecords);
  });

  it('passes over what nobody may open', () => {
    const { lines, feed, made } = direction(false);
    feed(sealed(0, 'one'));
    expect([lines, made.passedRecords, made.passedBytes]).toEqual([['closed 23 20'], 1, 25]);
  });

  it('sorts what it opens by what is within', () => {
    const { lines, feed, giveKeys } = direction();
    giveKeys();
    feed(sealed(0, '\x14\x00\x00\x02ok', 22));
    feed(sealed(1, '\x01\x00', 21));
    feed(sealed(2, 'unknown', 99));
    expect(lines).toEqual(['message 20 ok', 'alert 1 0 true']);
  });

  it('tells how much plaintext a damaged record held, and goes on', () => {
    const { lines, feed, made, giveKeys } = direction();
    giveKeys();
    const damaged = sealed(0, 'twenty bytes of text');
    feed(damaged.subarray(0, 10));
    made.input.gap(7, 9, 9);
    feed(damaged.subarray(17));
    feed(sealed(1, 'next'));
    expect(lines).toEqual([`closed 23 ${damaged.length - 5}`, 'lost 20', 'plaintext next 3']);
    expect(made.hasLoss).toBe(true);
  });

  it('drops a message that lacks bytes, and reads the next', () => {
    const { lines, feed, made } = direction();
    const message = handshakeRecord(11, Buffer.from('certificates'));
    feed(message.subarray(0, 12));
    made.input.gap(3, 2, 2);
    feed(message.subarray(15));
    feed(handshakeRecord(14, Buffer.alloc(0)));
    expect(lines).toEqual(['message 14 ']);
  });

  it('takes what looks like a message too long for one only where nothing was lost before it', () => {
    const tooLong = Buffer.from('160303000501ffffff00', 'hex');
    const whole = direction();
    whole.feed(tooLong);
    expect(whole.lines).toEqual(['tls-handshake-message-too-long']);
    const { made, lines, feed } = direction();
    feed(Buffer.from('1603030009', 'hex'));
    made.input.gap(20, 2, 2);
    feed(tooLong);
    expect([lines, made.hasLoss]).toEqual([[], true]);
  });
});
