/** A thread of its own that reads one share of a run (jobs.ts) and sends what it kept, as text. */
import { parentPort, workerData } from 'node:worker_threads';
import { RULES } from '../rules/index.js';
import type { ShareTask } from './jobs.js';
import { loadOwnRules } from './own-rules.js';
import { plainText } from './plain-data.js';
import { readShare } from './read-share.js';

const task = workerData as ShareTask;
const stop = new AbortController();
// Whoever started this thread says one thing: stop.
parentPort?.on('message', () => stop.abort());

const known = [...RULES, ...(await loadOwnRules(task.ownModules))];
const { tallies, circumstances } = await readShare({
  files: task.files,
  keyLogs: task.keyLogs,
  rules: known.filter(({ meta }) => task.rules.includes(meta.id)),
  share: task.share,
  maxUnpacked: task.maxUnpacked,
  signal: stop.signal,
  mayReadAgain: task.ownModules.length === 0,
});
parentPort?.postMessage(plainText({ seen: tallies.seen, circumstances }));
parentPort?.close();
