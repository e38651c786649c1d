/** What to change, which is little: clients leave as they like. */
import type { Remedy } from '../../facts/finding.js';

/** Where clients merely left. */
export const REMEDIES: readonly Remedy[] = [
  {
    component: 'application',
    text: 'Nothing needs to be mended unless users leave because it is slow; let work that nobody waits for any more be stopped.',
    config: 'proxy_ignore_client_abort off; # nginx, the default: the request behind is ended too',
  },
];

/** Where they left because the answer had stopped. */
export const STOPPED: readonly Remedy[] = [
  {
    component: 'application',
    text: 'Find what the server waits for in the middle of an answer. Where the same bytes are missing each time, set Content-Length behind everything that changes the content (compression, a byte order mark, another encoding), or leave it out.',
    config: null,
  },
];
