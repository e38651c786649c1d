/**
 * WebSockets through a proxy: handed on properly, refused because the proxy drops what asks for the upgrade,
 * asked for over HTTP/2, cut off when idle or amid their frames, refused for their Origin; and what looks like them and is none.
 */
import { samples as cut } from './websocket/cut-story.mjs';
import { samples as http2 } from './websocket/http2-story.mjs';
import { samples as idle } from './websocket/idle-story.mjs';
import { samples as origin } from './websocket/origin-story.mjs';
import { samples as polling } from './websocket/polling-story.mjs';
import { samples as upgrade } from './websocket/upgrade-story.mjs';

export const scenario = {
  name: 'websocket',
  about: 'WebSockets through nginx or HAProxy to an application on Node: both legs captured, TLS keys included.',
  programs: ['nginx', 'haproxy', 'chromium', 'certutil', 'curl'],
  samples: [...upgrade, ...http2, ...idle, ...cut, ...origin, ...polling],
};
