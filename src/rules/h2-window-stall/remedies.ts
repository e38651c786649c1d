/** What to change (docs/rules/h2-window-stall.md). */
import type { Remedy } from '../../facts/finding.js';
import type { Stall } from './incident.js';

const SERVER: readonly Remedy[] = [
  {
    component: 'application',
    text: 'Read the body as it comes: find out what the handler waits for meanwhile (a lock, a database, a disk).',
    config: "stream.on('data', take); // Node: without a listener, or paused, no window is given",
  },
  {
    component: 'nginx',
    text: 'Let the proxy take uploads in; the window before the first read is a setting of its own.',
    config: 'proxy_request_buffering on;\nhttp2_body_preread_size 128k;',
  },
];

const CLIENT: readonly Remedy[] = [
  {
    component: 'client',
    text: 'Read each answer that was asked for to its end, or cancel it at once; close bodies in a finally block.',
    config: 'stream.resume(); // Node, where the body is not wanted\ndefer response.Body.Close() // Go',
  },
];

const CONNECTION: readonly Remedy[] = [
  {
    component: 'client',
    text: 'One answer that is not read takes the window of all: a larger one for the connection only puts that off.',
    config: null,
  },
];

/** The remedies that fit. */
export function remediesOf(stalls: readonly Stall[]): Remedy[] {
  const has = (kind: Stall['kind']): boolean => stalls.some((stall) => stall.kind === kind);
  return [
    ...(has('upload') ? SERVER : []),
    ...(has('unread') || has('starved') ? CLIENT : []),
    ...(has('starved') ? CONNECTION : []),
  ];
}
