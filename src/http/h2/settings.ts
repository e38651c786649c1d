/** SETTINGS: what one side tells the other of itself. RFC 9113 §6.5. */
import type { Draft } from '../../facts/draft.js';
import type { H2Settings } from '../../facts/h2.js';
import { wordAt } from './frame.js';

/** Identifier and value. */
const SETTING_BYTES = 6;

/** Identifiers. RFC 9113 §6.5.2, RFC 8441 §3. */
const HEADER_TABLE_SIZE = 1;
const ENABLE_PUSH = 2;
const MAX_CONCURRENT_STREAMS = 3;
const INITIAL_WINDOW_SIZE = 4;
const MAX_FRAME_SIZE = 5;
const MAX_HEADER_LIST_SIZE = 6;
const ENABLE_CONNECT_PROTOCOL = 8;

/** RFC 9113 §6.5.2: the window of a stream before any setting. */
export const DEFAULT_WINDOW_BYTES = 65_535;
/** RFC 9113 §6.9.1. */
export const MAX_WINDOW_BYTES = 2 ** 31 - 1;
const LEAST_MAX_FRAME_BYTES = 16_384;
const MOST_MAX_FRAME_BYTES = 2 ** 24 - 1;

/** Settings of which nothing was said yet. */
export function noSettings(packet: number, atNs: number): Draft<H2Settings> {
  return {
    packet,
    atNs,
    acknowledgedNs: null,
    frames: 0,
    headerTableSize: null,
    enablePush: null,
    maxConcurrentStreams: null,
    initialWindowSize: null,
    maxFrameSize: null,
    maxHeaderListSize: null,
    enableConnectProtocol: null,
  };
}

/** Reads the settings in [start, end) into `into`; `false` when one has a value that it must not have. Unknown ones are ignored. */
export function readSettings(view: Uint8Array, start: number, end: number, into: Draft<H2Settings>): boolean {
  let isValid = true;
  for (let at = start; at + SETTING_BYTES <= end; at += SETTING_BYTES) {
    const value = wordAt(view, at + 2) >>> 0;
    switch (((view[at] ?? 0) << 8) | (view[at + 1] ?? 0)) {
      case HEADER_TABLE_SIZE:
        into.headerTableSize = value;
        break;
      case ENABLE_PUSH:
        into.enablePush = value !== 0;
        if (value > 1) isValid = false;
        break;
      case MAX_CONCURRENT_STREAMS:
        into.maxConcurrentStreams = value;
        break;
      case INITIAL_WINDOW_SIZE:
        if (value <= MAX_WINDOW_BYTES) into.initialWindowSize = value;
        else isValid = false;
        break;
      case MAX_FRAME_SIZE:
        if (value >= LEAST_MAX_FRAME_BYTES && value <= MOST_MAX_FRAME_BYTES) into.maxFrameSize = value;
        else isValid = false;
        break;
      case MAX_HEADER_LIST_SIZE:
        into.maxHeaderListSize = value;
        break;
      case ENABLE_CONNECT_PROTOCOL:
        into.enableConnectProtocol = value !== 0;
        if (value > 1) isValid = false;
        break;
    }
  }
  return isValid;
}
