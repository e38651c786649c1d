import { expect, it } from 'vitest';
import { Bucket } from '../../src/tcp/bucket.js';
import { TrackedConnection } from '../../src/tcp/connection.js';
import { LINGERING, SETTLED, SETTLED_WHOLE } from '../../src/tcp/lingering.js';

const SECOND = 1_000_000_000;

function bucketOf(...queues: readonly ('lingering' | 'settled' | 'settledWhole')[]) {
  const bucket = new Bucket(0, true);
  const connections = queues.map((queue, at) => {
    const connection = new TrackedConnection(bucket.budget, at, 0);
    connection.stream = at;
    bucket.wait(bucket[queue], connection, 100, 0);
    return connection;
  });
  return { bucket, connections };
}

it('is asked for the first time when the one that waits least may be due', () => {
  expect(bucketOf().bucket.dueAt).toBe(Number.POSITIVE_INFINITY);
  expect(bucketOf('lingering').bucket.dueAt).toBe(100 + LINGERING.segments);
  expect(bucketOf('settled', 'lingering').bucket.dueAt).toBe(100 + SETTLED.segments);
  expect(bucketOf('lingering', 'settled', 'settledWhole').bucket.dueAt).toBe(100 + SETTLED_WHOLE.segments);
});

it('gives those that wait least first, and then says when to ask again', () => {
  const { bucket, connections } = bucketOf('lingering', 'settled', 'settledWhole');
  const [lingering, settled, whole] = connections;
  expect(bucket.takeDue(100 + SETTLED_WHOLE.segments, SECOND)).toBe(whole);
  expect(bucket.takeDue(100 + SETTLED_WHOLE.segments, SECOND)).toBeNull();
  expect(bucket.dueAt).toBe(100 + SETTLED.segments);
  const late = 100 + LINGERING.segments;
  expect([1, 2, 3].map(() => bucket.takeDue(late, SECOND))).toEqual([settled, lingering, null]);
  expect(bucket.dueAt).toBe(Number.POSITIVE_INFINITY);
});
