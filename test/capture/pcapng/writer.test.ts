import { describe, expect, it } from 'vitest';
import { interfaceBlock, keyLogBlock, packetBlock, sectionHeaderBlock } from '../../../src/capture/pcapng/writer.js';
import { readAll } from '../read-all.js';
import { scratchFolder } from '../scratch-folder.js';

const scratch = scratchFolder();

describe('a pcapng file as it is written', () => {
  it('reads as what was written: times to the nanosecond, lengths, directions, secrets', async () => {
    const packet = {
      interfaceId: 0,
      epochNs: 1_700_000_000_123_456_789n,
      bytes: Uint8Array.of(1, 2, 3, 4, 5),
      originalLength: 60,
      direction: 'outbound',
      comment: 'äöü',
    } as const;
    const file = scratch.write(
      'written.pcapng',
      Buffer.concat([
        sectionHeaderBlock('pcapdx', 'a comment'),
        keyLogBlock('CLIENT_RANDOM 00 11\n'),
        interfaceBlock(101, 0),
        packetBlock(packet),
        packetBlock({ ...packet, epochNs: packet.epochNs + 1n, direction: null, comment: null, originalLength: 3 }),
      ]),
    );
    const { packets, timesNs, facts, error, keyLogs } = await readAll(file);
    expect(error).toBeNull();
    expect(facts.warnings).toEqual([]);
    expect(timesNs).toEqual([packet.epochNs, packet.epochNs + 1n]);
    expect(packets).toMatchObject([
      { linkType: 101, originalLength: 60, direction: 'outbound', bytes: '0102030405' },
      // No packet was shorter on the wire than it was captured.
      { originalLength: 5, direction: null, bytes: '0102030405' },
    ]);
    expect(keyLogs).toEqual(['CLIENT_RANDOM 00 11\n']);
  });
});
