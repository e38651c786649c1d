import { describe, expect, it } from 'vitest';
import { MessageExtent } from '../../../src/http/http1/message-extent.js';
import type { DraftMessage } from '../../../src/http/message-facts.js';
import { request } from '../../findings/connections.js';

const MS = 1_000_000;

/** What is written down of a message of which these things were seen. */
function settled(see: (extent: MessageExtent) => void): DraftMessage {
  const extent = new MessageExtent();
  extent.begin(4, 10 * MS);
  see(extent);
  const message: DraftMessage = { ...request() };
  extent.settle(message);
  return message;
}

describe('how far a message reaches', () => {
  it('is its last packet, and what its body has; the head is counted apart', () => {
    const message = settled((extent) => {
      extent.addHead(120, 4, 10 * MS);
      extent.addBody(30, 4, 10 * MS);
      extent.addBody(1448, 6, 13 * MS);
      expect(extent.headBytes).toBe(120);
    });
    expect(message).toMatchObject({ lastPacket: 6, endNs: 13 * MS, bodyBytes: 1478, lostBytes: 0 });
  });

  it('is further by what is missing of its body', () => {
    const message = settled((extent) => {
      extent.addBody(100, 4, 10 * MS);
      extent.missBody(1448);
    });
    expect(message).toMatchObject({ lastPacket: 4, bodyBytes: 1548, lostBytes: 1448 });
  });

  it('is no less where bytes that waited for others come with an earlier packet', () => {
    const message = settled((extent) => {
      extent.addBody(100, 6, 13 * MS);
      extent.addBody(100, 5, 12 * MS);
    });
    expect(message).toMatchObject({ lastPacket: 6, endNs: 13 * MS, bodyBytes: 200 });
  });

  it('has the longest pause between two of its packets', () => {
    const message = settled((extent) => {
      extent.addHead(100, 5, 12 * MS);
      extent.addBody(100, 6, 17 * MS);
      extent.addBody(100, 7, 19 * MS);
    });
    expect(message.longestPauseNs).toBe(5 * MS);
  });

  it('begins anew with the next message', () => {
    const message = settled((extent) => {
      extent.addHead(100, 5, 20 * MS);
      extent.missBody(900);
      extent.begin(9, 30 * MS);
      expect(extent).toMatchObject({ firstPacket: 9, firstNs: 30 * MS, headBytes: 0 });
    });
    expect(message).toMatchObject({ lastPacket: 9, endNs: 30 * MS, bodyBytes: 0, lostBytes: 0, longestPauseNs: 0 });
  });
});
