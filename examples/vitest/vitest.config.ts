import { defineConfig } from 'vitest/config';

export default defineConfig({
  // A scan takes longer than the 5 seconds that vitest gives a test.
  test: { dir: 'examples/vitest', testTimeout: 120_000 },
});
