import { enableProdMode } from '@tensorflow/tfjs';
import { fromLayersModel } from '../../models/index.ts';
import type { TfjsModel } from '../../src/graph/model.ts';
import type { Net } from './index.ts';

/** A bench's net as a user has it: saved, then opened. */
export async function savedNet({ build }: Net): Promise<TfjsModel> {
  enableProdMode(); // without TF.js's banner
  const model = build();
  try {
    return await fromLayersModel(model);
  } finally {
    model.dispose();
  }
}
