import type { Message } from '../../facts/exchange.js';

/** Whether the sender of a message announced with it the end of the connection. RFC 9112 §9.3, §9.6. */
export function announcesClose({ fields, framing, version }: Message): boolean {
  let keepsAlive = false;
  for (const { name, value } of fields) {
    if (name !== 'connection') continue;
    // What nearly all say needs no list.
    if (value === 'close') return true;
    if (value === 'keep-alive') {
      keepsAlive = true;
      continue;
    }
    const options = value
      .toLowerCase()
      .split(',')
      .map((option) => option.trim());
    if (options.includes('close')) return true;
    keepsAlive ||= options.includes('keep-alive');
  }
  return framing === 'close' || (!keepsAlive && /^HTTP\/(?:0|1\.0)/.test(version));
}
