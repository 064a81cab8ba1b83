import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { openModel } from '../../models/index.ts';
import { saveTinyModel } from '../cli/tinyModel.ts';

/** A folder that goes when the tests of a file have ended, the tiny model, open, and as many folders in it as are asked for. */
export async function tinyPlace() {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-'));
  const model = await openModel(saveTinyModel(join(folder, 'model')));
  afterAll(() => {
    model.close();
    rmSync(folder, { recursive: true });
  });
  let folders = 0;
  return { folder, model, newFolder: () => join(folder, `${folders++}`) };
}
