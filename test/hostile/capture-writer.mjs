import { closeSync, openSync, writeSync } from 'node:fs';

const CHUNK_BYTES = 1 << 20;
const RECORD_BYTES = 16;
const ETHERNET_BYTES = 14;
const IPV4_BYTES = 20;
const TCP_BYTES = 20;

export const FIN = 0x01;
export const SYN = 0x02;
export const RST = 0x04;
export const PSH = 0x08;
export const ACK = 0x10;

/** Writes classic captures of TCP over IPv4, packet by packet, of any size. */
export class CaptureWriter {
  /** @param {string} file */
  constructor(file) {
    this.descriptor = openSync(file, 'w');
    this.chunk = Buffer.alloc(CHUNK_BYTES);
    this.length = 0;
    this.micros = 0;
    const head = Buffer.alloc(24);
    head.writeUInt32LE(0xa1b2c3d4, 0);
    head.writeUInt16LE(2, 4);
    head.writeUInt16LE(4, 6);
    head.writeUInt32LE(262_144, 16);
    head.writeUInt32LE(1, 20);
    this.put(head);
  }

  /**
   * A segment, ten microseconds after the one before.
   * @param {{ source: number, sourcePort: number, target: number, targetPort: number }} path Addresses as 32 bits.
   * @param {number} flags @param {number} sequence @param {number} acknowledgement @param {Buffer | string} [payload]
   */
  segment({ source, sourcePort, target, targetPort }, flags, sequence, acknowledgement, payload = '') {
    const data = typeof payload === 'string' ? Buffer.from(payload, 'latin1') : payload;
    const packet = Buffer.alloc(RECORD_BYTES + ETHERNET_BYTES + IPV4_BYTES + TCP_BYTES);
    const bytes = packet.length - RECORD_BYTES + data.length;
    this.micros += 10;
    packet.writeUInt32LE(1_700_000_000 + Math.floor(this.micros / 1e6), 0);
    packet.writeUInt32LE(this.micros % 1e6, 4);
    packet.writeUInt32LE(bytes, 8);
    packet.writeUInt32LE(bytes, 12);
    const ip = RECORD_BYTES + ETHERNET_BYTES;
    packet.writeUInt16BE(0x0800, RECORD_BYTES + 12);
    packet[ip] = 0x45;
    packet.writeUInt16BE(IPV4_BYTES + TCP_BYTES + data.length, ip + 2);
    packet[ip + 8] = 64;
    packet[ip + 9] = 6;
    packet.writeUInt32BE(source >>> 0, ip + 12);
    packet.writeUInt32BE(target >>> 0, ip + 16);
    const tcp = ip + IPV4_BYTES;
    packet.writeUInt16BE(sourcePort, tcp);
    packet.writeUInt16BE(targetPort, tcp + 2);
    packet.writeUInt32BE(sequence >>> 0, tcp + 4);
    packet.writeUInt32BE(acknowledgement >>> 0, tcp + 8);
    packet[tcp + 12] = 0x50;
    packet[tcp + 13] = flags;
    packet.writeUInt16BE(65_535, tcp + 14);
    this.put(packet);
    this.put(data);
  }

  /** @param {Buffer} bytes */
  put(bytes) {
    if (this.length + bytes.length > this.chunk.length) this.flush();
    if (bytes.length > this.chunk.length) {
      writeSync(this.descriptor, bytes);
      return;
    }
    bytes.copy(this.chunk, this.length);
    this.length += bytes.length;
  }

  close() {
    this.flush();
    closeSync(this.descriptor);
  }

  flush() {
    writeSync(this.descriptor, this.chunk, 0, this.length);
    this.length = 0;
  }
}

/** One connection, whose two sides say what they are given. */
export class Talk {
  /** @param {CaptureWriter} writer @param {number} number Tells connections apart. @param {number} [port] */
  constructor(writer, number, port = 80) {
    this.writer = writer;
    const client = { source: 0x0a000000 + (number >>> 14), sourcePort: 20_000 + (number & 0x3fff) };
    const server = { target: 0xc0a80001, targetPort: port };
    this.paths = [
      { ...client, ...server },
      { source: server.target, sourcePort: server.targetPort, target: client.source, targetPort: client.sourcePort },
    ];
    /** Next sequence number of each side. */
    this.next = [1000, 5000];
  }

  open() {
    this.send(0, SYN);
    this.send(1, SYN | ACK);
    this.send(0, ACK);
    return this;
  }

  /** @param {number} side 0: the client. @param {number} flags @param {Buffer | string} [payload] */
  send(side, flags, payload = '') {
    const [path, sequence, acknowledged] = [this.paths[side], this.next[side], this.next[1 - side]];
    this.writer.segment(path, flags, sequence, (flags & ACK) === 0 ? 0 : acknowledged, payload);
    this.next[side] += payload.length + ((flags & (SYN | FIN)) === 0 ? 0 : 1);
  }

  /** Sends bytes in segments of at most 1460. @param {number} side @param {Buffer} bytes */
  stream(side, bytes) {
    for (let at = 0; at < bytes.length; at += 1460) this.send(side, PSH | ACK, bytes.subarray(at, at + 1460));
  }

  close() {
    this.send(0, FIN | ACK);
    this.send(1, FIN | ACK);
    this.send(0, ACK);
  }
}
