import type { Preprocessing, SavedModel } from '../src/graph/model.ts';

/** A model format. */
export interface ModelLoader {
  readonly name: string;
  /** One line for `breakwater list models`. */
  readonly summary: string;
  /** True when a file looks like this format. */
  matches(file: string): boolean | Promise<boolean>;
  /** Throws a UserError that names the file, what was expected and what was found. */
  open(file: string, preprocessing: Preprocessing): Promise<SavedModel>;
}
