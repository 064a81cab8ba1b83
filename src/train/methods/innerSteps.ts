import { positive, wholeNumber } from '../../core/options.ts';

/** The options of an inner attack of several steps: 10 of 2/255 in a ball of 8/255, as on CIFAR-10. */
export const innerSteps = {
  steps: wholeNumber({ default: 10, description: 'gradient steps of the inner attack' }),
  stepSize: positive({ default: 0.25, description: 'length of a step, in units of epsilon' }),
};
