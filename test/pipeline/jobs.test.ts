import { truncateSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { jobsFor, MIN_BYTES_FOR_JOBS, MIN_PROCESSORS } from '../../src/pipeline/jobs.js';
import { BUCKETS } from '../../src/tcp/share.js';
import { scratchFolder } from '../capture/scratch-folder.js';

const scratch = scratchFolder();
const SMALL = scratch.write('small', new Uint8Array(1000));
/** A file with a hole of the size that is wanted. */
const LARGE = scratch.write('large', new Uint8Array(0));
truncateSync(LARGE, MIN_BYTES_FOR_JOBS - 1000);

describe('how many threads read', () => {
  it('is one for small captures, and where there are few processors', () => {
    expect(jobsFor([LARGE], undefined, MIN_PROCESSORS)).toBe(1);
    expect(jobsFor([LARGE, SMALL], undefined, MIN_PROCESSORS - 1)).toBe(1);
    expect(jobsFor([LARGE, SMALL], undefined, MIN_PROCESSORS)).toBe(2);
  });

  it('is what the user says, as far as there can be so many shares', () => {
    expect(jobsFor([SMALL], 3, 1)).toBe(3);
    expect(jobsFor([LARGE, SMALL], 1, 64)).toBe(1);
    expect(jobsFor([SMALL], 100, 1)).toBe(BUCKETS);
  });

  it('is one where a capture cannot be read twice, or is not there', () => {
    expect(jobsFor(['-'], 4, 64)).toBe(1);
    expect(jobsFor([SMALL, '/dev/null'], 4, 64)).toBe(1);
    expect(jobsFor(['/nowhere/at/all'], undefined, 64)).toBe(1);
  });
});
