import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Each file loads ONNX Runtime and some load TF.js, whose engine is one per process.
    pool: 'forks',
    maxWorkers: 2,
  },
});
