import * as v from 'valibot';
import { UserError } from '../../core/errors.ts';
import { notNegative } from '../../core/options.ts';
import { mart as objective } from '../objectives.ts';
import { innerSteps } from './innerSteps.ts';
import { defineMethod } from './method.ts';

/** A boosted cross-entropy on what PGD finds, and a divergence that weighs misclassified examples more. Wang et al., ICLR 2020; β 5. */
export const mart = defineMethod({
  name: 'mart',
  summary: 'boosted cross-entropy on examples that PGD has moved; misclassified examples weigh more',
  options: v.object({ ...innerSteps, beta: notNegative({ default: 5, description: 'weight of the divergence' }) }),
  objective({ beta }, { labelSmoothing = 0 }) {
    if (labelSmoothing > 0) throw new UserError(`label smoothing: expected 0 with mart, whose loss is of one class, found ${labelSmoothing}`);
    return objective({ beta });
  },
  adversary: ({ steps, stepSize }) => ({ name: 'pgd', options: { steps, stepSize, stopWhenFooled: false }, away: 'label' }),
});
