import type { PacketView } from '../capture/packet.js';
import { PacketDecoder } from '../net/decoder.js';
import type { PacketSink, SegmentView } from '../net/segment.js';
import { beginsWithClientHello } from '../tls/client-hello-start.js';

/** Record header, message header and version stand before it. RFC 8446 §4.1.2, §5.1. */
const RANDOM_AT = 11;
const RANDOM_BYTES = 32;

/** The randoms of all ClientHellos that begin with a segment, in hex: what key logs know sessions by. */
export class ClientRandoms implements PacketSink {
  readonly found = new Set<string>();
  private readonly decoder = new PacketDecoder(this);

  packet(packet: PacketView): void {
    this.decoder.decode(packet);
  }

  segment({ buffer, payloadStart, payloadEnd }: SegmentView): void {
    const at = payloadStart + RANDOM_AT;
    if (at + RANDOM_BYTES > payloadEnd || !beginsWithClientHello(buffer, payloadStart, payloadEnd)) return;
    this.found.add(Buffer.from(buffer.subarray(at, at + RANDOM_BYTES)).toString('hex'));
  }

  quoted(): void {}

  name(): void {}

  presence(): void {}

  quicInitial(): void {}
}
