import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openModel } from '../../models/index.ts';
import { saveLayersModel } from '../../models/zoo/saveLayersModel.ts';
import type { SavedModel } from '../../src/graph/model.ts';
import type { Net } from './index.ts';

/** A bench's net as a user has it: saved to files, then opened from them. */
export async function savedNet({ build }: Net): Promise<SavedModel> {
  const folder = await mkdtemp(join(tmpdir(), 'breakwater-net-'));
  const model = build();
  try {
    await saveLayersModel(model, folder);
    return await openModel(folder, {});
  } finally {
    model.dispose();
    await rm(folder, { recursive: true });
  }
}
