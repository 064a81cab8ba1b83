import type { LayersModel } from '@tensorflow/tfjs';
import { mobileNetV2 } from './mobileNetV2.ts';
import { resNet20 } from './resNet20.ts';
import { smallCnn } from './smallCnn.ts';

export interface Net {
  readonly build: () => LayersModel;
  /** The batch it is measured at. */
  readonly batchSize: number;
}

/** The nets of the benches: seeded random weights, since speed does not depend on what they learnt. */
export const nets: Readonly<Record<string, Net>> = {
  'small CNN': { build: smallCnn, batchSize: 100 },
  'ResNet-20': { build: resNet20, batchSize: 100 },
  MobileNetV2: { build: mobileNetV2, batchSize: 8 },
};

/** The nets named on a command line; all of them when none is. */
export function chosenNets(names: readonly string[]): [string, Net][] {
  const known = Object.entries(nets);
  if (names.length === 0) return known;
  return names.map((name) => {
    const found = known.find(([key]) => key.toLowerCase().startsWith(name.toLowerCase()));
    if (!found) throw new Error(`no net ${name}: known are ${Object.keys(nets).join(', ')}`);
    return found;
  });
}
