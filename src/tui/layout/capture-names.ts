/** What captures are called on the screen: where packets of several are shown, a number alone is none in Wireshark. */
import { captureIndexOf, type PacketReference } from '../../facts/packet-reference.js';
import { visible } from '../../text/visible.js';
import type { Context } from './context.js';

/** The capture that a packet stands in; empty where there is but one. */
export function captureOfPacket(packet: PacketReference, { analysis }: Context['data']): string {
  const files = analysis?.captures.map(({ file }) => file) ?? [];
  return files.length > 1 ? (shortNames(files)[captureIndexOf(packet)] ?? '') : '';
}

/** Captures by their own names, or, where two have the same in other folders, as they were given. */
function shortNames(files: readonly string[]): readonly string[] {
  const names = files.map((file) => file.replace(/^.*[/\\]/, ''));
  return (new Set(names).size === names.length ? names : files).map(visible);
}
