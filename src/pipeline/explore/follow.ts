/**
 * The plaintext of one connection: what its decoders see, in words, innermost protocol first.
 *
 * It looks on while the conversation is read again, as the ladder does (packet-contents.ts), so that
 * whatever is opened for a report (TLS with keys, tunnels, upgrades) can be followed.
 */
import type { PacketView } from '../../capture/packet.js';
import type { Protocol } from '../../facts/connection.js';
import type { Side } from '../../facts/endpoint.js';
import { LARGEST_FRAME_BYTES } from '../../http/h2/frame.js';
import { FrameReader as H2FrameReader } from '../../http/h2/frame-reader.js';
import { type FrameHead, OPCODE, FrameReader as WebSocketFrameReader } from '../../http/websocket/frame-reader.js';
import { countText } from '../../text/size.js';
import type { KeyLog } from '../../tls/key-log.js';
import { RecordReader } from '../../tls/record-reader.js';
import type { LayerTap, Tapped } from '../layer-owner.js';
import { Run } from '../run.js';
import { H2Follower } from './follow-h2.js';
import { Http1Follower, Http1Talk } from './follow-http1.js';
import { type Plaintext, Transcript } from './transcript.js';

const SIDES: readonly Side[] = ['client', 'server'];
const OPCODE_NAMES = new Map<number, string>(Object.entries(OPCODE).map(([name, opcode]) => [opcode, name]));
const RECORD_NAMES: ReadonlyMap<number, string> = new Map([
  [20, 'Change Cipher Spec'],
  [21, 'Alert'],
  [22, 'Handshake'],
  [23, 'Application Data'],
]);

/** Reads the packets of one connection; see the head of this file. */
export class Follower implements LayerTap {
  private readonly run: Run;
  private readonly transcript = new Transcript();
  private readonly protocols = new Set<Protocol>();

  constructor(
    private readonly stream: number,
    keyLog: KeyLog,
  ) {
    const ignored = () => undefined;
    this.run = new Run(
      { connection: ignored, evicted: ignored, spent: ignored, name: ignored, presence: ignored, quic: ignored },
      { tap: this, keyLog },
    );
  }

  packet(packet: PacketView): void {
    this.run.packet(packet);
  }

  finish(): Plaintext {
    this.run.finish();
    const { blocks, omitted } = this.transcript;
    const isOpened = blocks.some(({ kind }) => kind !== 'sealed');
    // Records whose content is shown need no mention.
    const shown = isOpened ? blocks.filter(({ kind }) => kind !== 'sealed') : blocks;
    return { stream: this.stream, blocks: shown, omitted, note: this.note(isOpened) };
  }

  layer(protocol: Protocol, clientIsFirst: boolean, isUnseen: boolean): Tapped | null {
    this.protocols.add(protocol);
    const [first, second] = (clientIsFirst ? SIDES : [...SIDES].reverse()) as [Side, Side];
    switch (protocol) {
      case 'http/1.1': {
        const talk = new Http1Talk();
        return {
          first: new Http1Follower(first, talk, this.transcript),
          second: new Http1Follower(second, talk, this.transcript),
        };
      }
      case 'h2':
        return { first: this.h2(first, isUnseen), second: this.h2(second, isUnseen) };
      case 'websocket':
        return { first: this.webSocket(first), second: this.webSocket(second) };
      case 'tls':
        return { first: this.records(first, isUnseen), second: this.records(second, isUnseen) };
      default:
        return null;
    }
  }

  handshakeMessage(): void {}

  private note(isOpened: boolean): string | null {
    if (this.protocols.has('tls') && !isOpened)
      return 'TLS of which nothing was opened: give its keys with --keylog (SSLKEYLOGFILE of the client or server)';
    if (this.protocols.size === 0)
      return 'no protocol that pcapdx reads; Enter on a packet of the ladder shows its bytes';
    return null;
  }

  private h2(side: Side, isUnseen: boolean): H2FrameReader {
    const reader = new H2FrameReader(new H2Follower(side, this.transcript, isUnseen), isUnseen);
    // What the peer allows is the decoder's business.
    reader.maxFrameBytes = LARGEST_FRAME_BYTES;
    return reader;
  }

  private webSocket(from: Side): WebSocketFrameReader {
    const frame = ({ opcode, isFinal, isCompressed, length, packet, at }: FrameHead) => {
      const traits = `${isFinal ? '' : ', more to come'}${isCompressed ? ', compressed' : ''}`;
      const lines = [`${OPCODE_NAMES.get(opcode) ?? `opcode ${opcode}`}, ${countText(length)} bytes${traits}`];
      this.transcript.add({ from, packet, atNs: at, kind: 'frame', lines, revealed: null });
    };
    const ignored = () => undefined;
    return new WebSocketFrameReader({ frame, control: ignored, anomaly: ignored, ended: ignored }, from === 'client');
  }

  private records(from: Side, isUnseen: boolean): RecordReader {
    const record = (type: number, length: number, packet: number, atNs: number) => {
      const lines = [`${RECORD_NAMES.get(type) ?? `record type ${type}`}, ${countText(length)} bytes`];
      this.transcript.add({ from, packet, atNs, kind: 'sealed', lines, revealed: null });
    };
    const ignored = () => undefined;
    return new RecordReader(
      {
        wants: () => false,
        record: ignored,
        passed: record,
        damaged: record,
        lost: ignored,
        ssl2: ignored,
        malformed: ignored,
        end: ignored,
      },
      isUnseen,
    );
  }
}
