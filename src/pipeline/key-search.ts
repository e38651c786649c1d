/**
 * Keys that stand behind the packets they open.
 *
 * A pcapng may carry its key logs anywhere; writers put them first, but one that logs while it
 * captures cannot. So the first session without a key has the captures read ahead once, for their
 * key logs alone, which costs a tenth of the run (in gzip, a second unpacking); captures that cannot
 * be read twice are left out.
 */
import { openCaptures } from '../capture/merge.js';
import { isRepeatable } from '../capture/open.js';
import type { KeyLog } from '../tls/key-log.js';
import { readCaptures } from './read-captures.js';

/** See the head of this file. */
export class KeySearch {
  private isDone = false;

  constructor(
    private readonly keyLog: KeyLog,
    private readonly files: readonly string[],
    private readonly signal: AbortSignal | undefined,
    private readonly maxUnpacked?: number,
  ) {}

  /** Reads ahead if a key was missed and this was not done before; `null`: there is no need. */
  begin(): Promise<void> | null {
    if (this.isDone || !this.keyLog.hasMissed) return null;
    this.isDone = true;
    return this.search();
  }

  private async search(): Promise<void> {
    for (const file of this.files) {
      if (!isRepeatable(file)) continue;
      const stream = await openCaptures([file], undefined, undefined, this.maxUnpacked);
      try {
        // Classic pcap holds no keys.
        if (stream.facts()[0]?.format !== 'pcapng') continue;
        await readCaptures(stream, {
          name: file,
          onPacket: () => null,
          onKeyLog: () => undefined,
          onProgress: undefined,
          signal: this.signal,
        });
        for (const text of stream.keyLogs) this.keyLog.add(text);
      } finally {
        stream.close();
      }
    }
  }
}
