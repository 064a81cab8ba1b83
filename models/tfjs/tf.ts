import type * as Namespace from '@tensorflow/tfjs';

/** TF.js, loaded when a model needs it (150 ms) and without its banner. One engine per process, whoever imports it. */
export type Tf = typeof Namespace;

export async function loadTf(): Promise<Tf> {
  const tf = await import('@tensorflow/tfjs');
  // Its cpu backend advertises tfjs-node on first use unless it runs in production mode.
  tf.enableProdMode();
  await tf.ready();
  return tf;
}
