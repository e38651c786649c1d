import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    // Against what never ends; a machine that does other things as well may take some seconds for half a second's work.
    testTimeout: 120_000,
    // From one analysis to the next the program keeps nothing but what it would find out again, so one process can test
    // file after file. A new one for each, which loads the program anew, took longer than most files' tests. What a
    // test puts in place of something is taken away after it.
    isolate: false,
    restoreMocks: true,
    unstubEnvs: true,
    // By itself vitest leaves one processor idle: half of the machine where there are two.
    maxWorkers: '100%',
  },
});
