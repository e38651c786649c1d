import type { Incident } from './incident.js';

/** What a client had sent when it was reset: `the request`, where it is known to be one. */
export function sentText({ request }: Incident): string {
  return request === null ? 'the data' : 'the request';
}
