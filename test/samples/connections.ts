/** A sample's connections as pcapdx decodes them. */
import path from 'node:path';
import { expect } from 'vitest';
import type { Connection } from '../../src/facts/connection.js';
import { analyze } from '../../src/pipeline/analyze.js';
import { SAMPLES } from './scenarios.js';

/** All of them, in order of their numbers. `file`: a sample's name, or the path of another capture. */
export async function connectionsOf(file: string): Promise<Connection[]> {
  const connections: Connection[] = [];
  const onConnection = (connection: Connection): void => void connections.push(connection);
  const { errors } = await analyze({ files: [path.resolve(SAMPLES, file)], onConnection });
  expect(errors).toEqual([]);
  return connections.sort((one, other) => one.stream - other.stream);
}
