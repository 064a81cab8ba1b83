import type * as TensorFlow from '@tensorflow/tfjs';
import { UserError } from '../../core/errors.ts';

/** The backends of TF.js, fastest first. */
export const eagerBackends = ['tensorflow', 'wasm', 'cpu'] as const;
export type EagerBackend = (typeof eagerBackends)[number];

/** A backend that is not installed or does not load. */
export class BackendUnavailable extends UserError {}

/** TF.js without its banner, loaded when first needed. */
export async function tensorflow(): Promise<typeof TensorFlow> {
  const tf = await import('@tensorflow/tfjs');
  tf.enableProdMode();
  return tf;
}

/** Registers a backend with TF.js and gives its version. Throws when it is not installed or does not load. */
const loaders: Readonly<Record<EagerBackend, () => Promise<string>>> = {
  async tensorflow() {
    // Keeps libtensorflow's remarks on the CPU off the terminal.
    process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
    // Optional: a name in a variable is resolved at run time only.
    const name: string = '@tensorflow/tfjs-node';
    const { version } = (await import(name)) as { version: Readonly<Record<string, string>> };
    return version['tfjs-node'] ?? 'unknown';
  },
  async wasm() {
    const tf = await tensorflow();
    const { version_wasm } = await import('@tensorflow/tfjs-backend-wasm');
    await withoutListeners(() => tf.setBackend('wasm'));
    return version_wasm;
  },
  async cpu() {
    const { version } = await tensorflow();
    return version['tfjs-backend-cpu'] ?? version.tfjs;
  },
};

/** Emscripten listens for uncaught errors and prints its own source at each: takes off what was put on meanwhile. */
async function withoutListeners(load: () => Promise<unknown>): Promise<void> {
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = events.map((event) => new Set<unknown>(process.listeners(event as 'uncaughtException')));
  await load();
  for (const [i, event] of events.entries())
    for (const listener of process.listeners(event as 'uncaughtException'))
      if (!before[i]?.has(listener)) process.off(event, listener);
}

/** Makes a backend TF.js's current one. */
export async function useBackend(backend: EagerBackend): Promise<string> {
  const tf = await tensorflow();
  try {
    const version = await loaders[backend]();
    if (!(await tf.setBackend(backend))) throw new Error('TF.js could not initialise it');
    return version;
  } catch (cause) {
    const why = backend === 'tensorflow' ? ' (npm install @tensorflow/tfjs-node)' : '';
    throw new BackendUnavailable(`TF.js backend ${backend} is not available${why}: ${firstLine(cause)}`, { cause });
  }
}

export const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n', 1).join();
