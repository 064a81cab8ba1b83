import * as tf from '@tensorflow/tfjs';

/** Initialisers of a net whose weights and batch-norm statistics are all different, and the same in every run. */
export class Seeds {
  private next = 1;

  kernel = () => tf.initializers.heNormal({ seed: this.next++ });
  /** Uniform within 1/√inputs, smaller than He's rule: what PyTorch begins with. */
  fromFanIn = () => tf.initializers.varianceScaling({ scale: 1 / 3, mode: 'fanIn', distribution: 'uniform', seed: this.next++ });
  /** He's rule for one filter per channel; TF.js counts all channels as inputs of each. */
  depthwise = (kernelSize: number) =>
    tf.initializers.randomNormal({ mean: 0, stddev: Math.SQRT2 / kernelSize, seed: this.next++ });
  around = (centre: number) =>
    tf.initializers.randomUniform({ minval: centre - 0.2, maxval: centre + 0.2, seed: this.next++ });

  /** Options of a batch normalisation that folding cannot get right by accident. */
  batchNorm = () => ({
    betaInitializer: this.around(0),
    gammaInitializer: this.around(1),
    movingMeanInitializer: this.around(0),
    movingVarianceInitializer: this.around(1),
  });
}
