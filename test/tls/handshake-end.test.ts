import { describe, expect, it } from 'vitest';
import { Direction } from '../../src/tls/direction.js';
import { HandshakeEnd } from '../../src/tls/handshake-end.js';
import { NO_OWNER } from './no-owner.js';

const FINISHED = 53;

/** A server that has sent one protected record, in packet 3. */
function server(): Direction {
  const direction = new Direction(NO_OWNER, false);
  const record = Buffer.from('1703030001ff', 'hex');
  direction.input.bytes(record, 0, record.length, 3, 30);
  return direction;
}

function sending(...lengths: readonly number[]): HandshakeEnd {
  const end = new HandshakeEnd();
  for (const [index, length] of lengths.entries()) end.clientRecord(server(), length, FINISHED, 4 + index, 40 + index);
  return end;
}

describe('the end of a handshake', () => {
  it('is each side’s Finished, the first one', () => {
    const end = new HandshakeEnd();
    end.finish(true, 5, 50);
    end.finish(true, 9, 90);
    expect([end.packets(false), end.times(false)]).toEqual([
      { client: 5, server: null },
      { client: 50, server: null },
    ]);
    expect(end.packets(true)).toEqual({ client: null, server: 5 });
    expect([end.isFinished(true), end.isFinished(false)]).toEqual([true, false]);
  });

  it('is told from outside by the client’s first record and the length of its Finished', () => {
    expect(sending(FINISHED).packets(false)).toEqual({ client: 4, server: 3 });
    expect(sending(25, FINISHED)).toMatchObject({ hasEmptyCertificateShape: true });
    const withCertificate = sending(900, 280, FINISHED, 99);
    expect(withCertificate.packets(false)).toEqual({ client: 6, server: 3 });
    expect(withCertificate.hasEmptyCertificateShape).toBe(false);
  });

  it('is not waited for without end: other lengths, one record for all', () => {
    expect(sending(1200).isFinished(true)).toBe(false);
    expect(sending(1200, 99, 99, 99, 99).isFinished(true)).toBe(true);
  });

  it('has not come while the server has sent nothing protected', () => {
    const end = new HandshakeEnd();
    end.clientRecord(new Direction(NO_OWNER, false), FINISHED, FINISHED, 2, 20);
    expect(end.packets(false)).toEqual({ client: null, server: null });
  });

  it('has application data behind it, in the same packet too', () => {
    const end = sending(FINISHED);
    expect(end.isBehindClient(FINISHED, FINISHED, 4)).toBe(false);
    expect(end.isBehindClient(300, FINISHED, 4)).toBe(true);
    expect(end.isBehindClient(FINISHED, FINISHED, 5)).toBe(true);
    expect(new HandshakeEnd().isBehindClient(300, FINISHED, 5)).toBe(false);
  });
});
