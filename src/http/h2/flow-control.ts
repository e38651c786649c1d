/**
 * What one side may still send, and when it had to wait. RFC 9113 §5.2, §6.9.
 *
 * Each DATA frame takes from two windows, that of its stream and that of the connection; the other
 * side's WINDOW_UPDATEs give. A listener can count along from the connection's start. Where
 * something was not seen the windows are NaN: every sum stays NaN and every comparison is false, so
 * that nothing is said of them.
 *
 * A sender that uses a window up in the middle of a message is stalled until it is given more.
 */
import type { Side } from '../../facts/endpoint.js';
import { MIN_WINDOW_STALL_NS, type WindowStall } from '../../facts/h2.js';
import type { BoundedList } from '../bounded-list.js';
import { DEFAULT_WINDOW_BYTES, MAX_WINDOW_BYTES } from './settings.js';

/** A window that is used up since this packet. */
interface Exhaustion {
  readonly packet: number;
  readonly atNs: number;
}

/** What one side may send on one stream. */
export interface StreamWindow {
  /** 0: the connection. */
  readonly h2Stream: number;
  /** Bytes that may be sent; of a stream, less what settings have changed since the connection began. */
  available: number;
  exhausted: Exhaustion | null;
}

/** The windows of one sender. */
export class FlowControl {
  private readonly connection: StreamWindow = { h2Stream: 0, available: DEFAULT_WINDOW_BYTES, exhausted: null };
  private initial = DEFAULT_WINDOW_BYTES;
  /** What settings have added to the window of each stream, so that a setting costs nothing for each of them. */
  private added = 0;
  /** Streams whose windows are used up. */
  private readonly waiting = new Set<StreamWindow>();

  /**
   * @param side Whose windows these are.
   * @param stalls Where stalls are kept, in order of their ends.
   * @param beginsUnseen What was sent before is not known.
   */
  constructor(
    public side: Side,
    private readonly stalls: BoundedList<WindowStall>,
    beginsUnseen: boolean,
  ) {
    if (!beginsUnseen) return;
    this.connection.available = Number.NaN;
    this.initial = Number.NaN;
  }

  /** The connection begins here after all. */
  begin(): void {
    this.connection.available = DEFAULT_WINDOW_BYTES;
    this.initial = DEFAULT_WINDOW_BYTES;
  }

  /** The window of a stream that is opened. */
  open(h2Stream: number): StreamWindow {
    return { h2Stream, available: this.initial - this.added, exhausted: null };
  }

  /** Something was lost that may have changed the windows; `settingsToo`: or the size that new ones begin with. */
  lose(windows: Iterable<StreamWindow>, settingsToo: boolean): void {
    this.connection.available = Number.NaN;
    this.connection.exhausted = null;
    for (const window of windows) {
      window.available = Number.NaN;
      window.exhausted = null;
    }
    this.waiting.clear();
    if (settingsToo) this.initial = Number.NaN;
  }

  /** What may be sent on a stream, or on the connection. */
  availableOn(window: StreamWindow): number {
    return window === this.connection ? window.available : window.available + this.added;
  }

  /** The receiver sets the initial window of streams, of those open too. RFC 9113 §6.9.2. */
  setInitial(initial: number, packet: number, at: number): void {
    const change = initial - this.initial;
    this.initial = initial;
    if (change === 0 || Number.isNaN(change)) return;
    this.added += change;
    if (change < 0) return;
    for (const window of this.waiting)
      if (this.availableOn(window) > 0) this.endStall(window, 'window-update', packet, at);
  }

  /** A DATA frame of `length` bytes, padding included, was sent; `goesOn`: the message does not end with it. */
  take(window: StreamWindow | null, length: number, goesOn: boolean, packet: number, at: number): void {
    this.use(this.connection, length, goesOn, packet, at);
    if (window !== null) this.use(window, length, goesOn, packet, at);
  }

  /** A WINDOW_UPDATE; `window` is `null` for the connection's. `false`: the window is larger now than any may be. */
  update(window: StreamWindow | null, increment: number, packet: number, at: number): boolean {
    const given = window ?? this.connection;
    this.give(given, increment, packet, at);
    return !(this.availableOn(given) > MAX_WINDOW_BYTES);
  }

  /** Nothing more is sent on a stream, because it was reset; or the connection has ended (`endedBy` null). */
  close(window: StreamWindow, endedBy: 'reset' | null, packet: number, at: number): void {
    this.endStall(window, endedBy, packet, at);
  }

  /** A stream is over: it waits for nothing. */
  forget(window: StreamWindow): void {
    this.waiting.delete(window);
  }

  /** The connection has ended. */
  end(packet: number, at: number): void {
    this.endStall(this.connection, null, packet, at);
  }

  private use(window: StreamWindow, length: number, goesOn: boolean, packet: number, at: number): void {
    if (length > this.availableOn(window) && length > 0) {
      // More than it may: an update was not seen, as where one direction alone was captured. Or the sender breaks the protocol; neither is stalled.
      window.available = Number.NaN;
      window.exhausted = null;
      this.waiting.delete(window);
      return;
    }
    window.available -= length;
    if (!goesOn || !(this.availableOn(window) <= 0)) return;
    window.exhausted ??= { packet, atNs: at };
    if (window !== this.connection) this.waiting.add(window);
  }

  private give(window: StreamWindow, increment: number, packet: number, at: number): void {
    window.available += increment;
    if (this.availableOn(window) > 0) this.endStall(window, 'window-update', packet, at);
  }

  private endStall(window: StreamWindow, endedBy: WindowStall['endedBy'], endPacket: number, endNs: number): void {
    const { exhausted } = window;
    if (exhausted === null) return;
    window.exhausted = null;
    this.waiting.delete(window);
    const { packet, atNs: startNs } = exhausted;
    if (endedBy !== null && endNs - startNs < MIN_WINDOW_STALL_NS) return;
    const hasEnd = endedBy !== null;
    this.stalls.add({
      sender: this.side,
      h2Stream: window.h2Stream,
      packet,
      startNs,
      endedBy,
      endPacket: hasEnd ? endPacket : null,
      endNs: hasEnd ? endNs : null,
    });
  }
}
