/** The thread that reads: a session (pipeline/explore) between the messages of its parent. */
import { parentPort } from 'node:worker_threads';
import type { ToReader } from '../pipeline/explore/protocol.js';
import { Session } from '../pipeline/explore/session.js';

if (parentPort === null) throw new Error('this is no worker thread');
const port = parentPort;
const session = new Session((message) => port.postMessage(message));
port.on('message', (message: ToReader) => session.take(message));
