/**
 * Both directions of HTTP/1 as a transcript: heads line by line, bodies apart. RFC 9112 §2.1, §6.
 *
 * It tells bodies from heads by the framing that the heads state. Where bytes were lost it looks for
 * the next start line; until then everything counts as body, so that nothing of a head that was not
 * recognised is shown unasked.
 */
import { textOf } from '../../bytes/data-view.js';
import type { InOrder } from '../../bytes/in-order.js';
import type { Side } from '../../facts/endpoint.js';
import { UNSALTED } from '../../text/redaction.js';
import { visible } from '../../text/visible.js';
import type { Transcript } from './transcript.js';

/** Longer lines are cut: nobody reads them. */
const MAX_LINE = 8192;
const REQUEST_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}) (\S+) (HTTP\/1\.\d)$/;
const STATUS_LINE = /^HTTP\/1\.\d (\d{3})(?: |$)/;

enum Reading {
  Start,
  Head,
  /** A known number of bytes. */
  Counted,
  ChunkSize,
  ChunkData,
  ChunkEnd,
  Trailers,
  /** To the end of the connection, or to the next start line. */
  Open,
  /** Nothing of HTTP follows. */
  Tunnel,
}

/** What both directions know of each other. */
export class Http1Talk {
  /** Methods of requests that wait for their responses. */
  readonly methods: string[] = [];
  isTunnel = false;
}

/** See the head of this file. */
export class Http1Follower implements InOrder {
  private reading: Reading = Reading.Start;
  private line = '';
  private lines: string[] = [];
  private revealed: string[] = [];
  private packet = 0;
  private atNs = 0;
  private left = 0;
  private isChunked = false;
  private length: number | null = null;
  private status = 0;
  private method = '';
  private body: Uint8Array[] = [];
  private bodyLength = 0;
  private bodyPacket = 0;
  private bodyNs = 0;

  constructor(
    private readonly side: Side,
    private readonly talk: Http1Talk,
    private readonly transcript: Transcript,
  ) {}

  bytes(view: Uint8Array, start: number, end: number, packet: number, at: number): void {
    let from = start;
    while (from < end) {
      if (this.reading === Reading.Tunnel || this.talk.isTunnel) return;
      if (this.reading === Reading.Open && this.beginsMessage(view, from, end)) {
        this.endBody();
        this.begin();
      }
      if (this.reading === Reading.Counted || this.reading === Reading.ChunkData) {
        const taken = Math.min(this.left, end - from);
        this.takeBody(view, from, from + taken, packet, at);
        from += taken;
        this.left -= taken;
        if (this.left > 0) return;
        if (this.reading === Reading.Counted) {
          this.endBody();
          this.begin();
        } else this.reading = Reading.ChunkEnd;
      } else if (this.reading === Reading.Open) {
        this.takeBody(view, from, end, packet, at);
        return;
      } else from = this.takeLine(view, from, end, packet, at);
    }
  }

  gap(length: number, packet: number, at: number): void {
    if (this.reading === Reading.Tunnel || this.talk.isTunnel) return;
    const isWithin = this.reading === Reading.Counted && length <= this.left;
    this.flushHead();
    if (isWithin) this.left -= length;
    else {
      this.endBody();
      this.reading = Reading.Open;
    }
    this.transcript.addGap(this.side, packet, at, length);
    if (isWithin && this.left === 0) {
      this.endBody();
      this.begin();
    }
  }

  end(): void {
    this.flushHead();
    this.endBody();
  }

  /** After a loss, or behind a body without a length: does a message begin here? */
  private beginsMessage(view: Uint8Array, from: number, end: number): boolean {
    const feed = view.indexOf(0x0a, from);
    if (feed < 0 || feed >= end || feed - from > MAX_LINE) return false;
    const text = Buffer.from(view.buffer, view.byteOffset + from, feed - from)
      .toString('latin1')
      .trimEnd();
    return this.side === 'client' ? REQUEST_LINE.test(text) : STATUS_LINE.test(text);
  }

  /** Takes up to the end of a line; gives where the next begins. */
  private takeLine(view: Uint8Array, from: number, end: number, packet: number, at: number): number {
    const feed = view.indexOf(0x0a, from);
    const to = feed < 0 || feed >= end ? end : feed + 1;
    if (this.line === '' && this.reading === Reading.Start) {
      this.packet = packet;
      this.atNs = at;
    }
    const part = Buffer.from(view.buffer, view.byteOffset + from, to - from).toString('latin1');
    if (this.line.length < MAX_LINE) this.line += part.slice(0, MAX_LINE);
    if (to === feed + 1) {
      const line = Buffer.from(this.line.replace(/\r?\n$/, ''), 'latin1');
      this.line = '';
      this.takeWholeLine(textOf(line, 0, line.length));
    }
    return to;
  }

  private takeWholeLine(line: string): void {
    switch (this.reading) {
      case Reading.Start:
        this.takeStartLine(line);
        break;
      case Reading.Head:
      case Reading.Trailers:
        if (line === '') this.endHead();
        else this.takeField(line);
        break;
      case Reading.ChunkSize: {
        const size = Number.parseInt(line, 16);
        if (!Number.isFinite(size)) this.reading = Reading.Open;
        else if (size === 0) {
          this.endBody();
          this.reading = Reading.Trailers;
        } else {
          this.left = size;
          this.reading = Reading.ChunkData;
        }
        break;
      }
      case Reading.ChunkEnd:
        this.reading = Reading.ChunkSize;
        break;
      default:
    }
  }

  private takeStartLine(line: string): void {
    // RFC 9112 §2.2: empty lines before a request are nothing.
    if (line === '') return;
    const [, method, target, version] = REQUEST_LINE.exec(line) ?? [];
    const [, status] = STATUS_LINE.exec(line) ?? [];
    if (method !== undefined && target !== undefined && this.side === 'client') {
      this.method = method;
      this.talk.methods.push(method);
      this.say(`${method} ${UNSALTED.target(target)} ${version}`, line);
    } else if (status !== undefined && this.side === 'server') {
      this.status = Number(status);
      this.say(UNSALTED.text(line), line);
    } else {
      // No message: whatever it is may be a secret.
      this.takeText(line);
      return;
    }
    this.reading = Reading.Head;
  }

  private takeText(line: string): void {
    const bytes = Buffer.from(`${line}\n`, 'latin1');
    this.takeBody(bytes, 0, bytes.length, this.packet, this.atNs);
    this.reading = Reading.Open;
  }

  private takeField(line: string): void {
    const colon = line.indexOf(':');
    const name = colon < 0 ? '' : line.slice(0, colon).trim();
    if (name === '' || /^[ \t]/.test(line)) {
      this.say('(a line that goes on: w shows it)', line);
      return;
    }
    const value = line.slice(colon + 1).trim();
    const key = name.toLowerCase();
    if (key === 'transfer-encoding') this.isChunked = /(?:^|[\s,])chunked\s*$/i.test(value);
    if (key === 'content-length') this.length = /^\d{1,15}$/.test(value) ? Number(value) : this.length;
    this.say(`${name}: ${UNSALTED.field(name, value)}`, line);
  }

  private say(shown: string, line: string): void {
    this.lines.push(visible(shown));
    this.revealed.push(visible(line));
  }

  private endHead(): void {
    const isTrailers = this.reading === Reading.Trailers;
    this.flushHead();
    if (isTrailers) {
      this.begin();
      return;
    }
    this.frameBody();
  }

  /** RFC 9112 §6.3. */
  private frameBody(): void {
    if (this.side === 'server') {
      if (this.status === 101) {
        this.talk.isTunnel = true;
        return;
      }
      if (this.status < 200) {
        this.begin();
        return;
      }
      const method = this.talk.methods.shift();
      if (method === 'CONNECT' && this.status < 300) {
        this.talk.isTunnel = true;
        return;
      }
      if (method === 'HEAD' || this.status === 204 || this.status === 304) {
        this.begin();
        return;
      }
    }
    if (this.isChunked) this.reading = Reading.ChunkSize;
    else if (this.length !== null) {
      this.left = this.length;
      this.reading = Reading.Counted;
      if (this.left === 0) this.begin();
    } else if (this.side === 'server') this.reading = Reading.Open;
    // RFC 9110 §9.3.6: what follows a CONNECT waits for its answer.
    else if (this.method === 'CONNECT') this.reading = Reading.Open;
    else this.begin();
  }

  private begin(): void {
    this.reading = Reading.Start;
    this.isChunked = false;
    this.length = null;
  }

  private flushHead(): void {
    if (this.line !== '') {
      this.say('(a line that is cut: w shows it)', this.line);
      this.line = '';
    }
    if (this.lines.length === 0) return;
    const { lines, revealed } = this;
    const isSame = lines.every((line, at) => line === revealed[at]);
    this.transcript.add({
      from: this.side,
      packet: this.packet,
      atNs: this.atNs,
      kind: 'head',
      lines,
      revealed: isSame ? null : revealed,
    });
    this.lines = [];
    this.revealed = [];
  }

  private takeBody(view: Uint8Array, from: number, to: number, packet: number, at: number): void {
    if (this.bodyLength === 0) {
      this.bodyPacket = packet;
      this.bodyNs = at;
    }
    this.bodyLength += to - from;
    const room = this.transcript.room(to - from);
    if (room > 0) this.body.push(Uint8Array.prototype.slice.call(view, from, from + room));
  }

  private endBody(): void {
    if (this.bodyLength === 0) return;
    this.transcript.addBody(this.side, this.bodyPacket, this.bodyNs, Buffer.concat(this.body), this.bodyLength);
    this.body = [];
    this.bodyLength = 0;
  }
}
