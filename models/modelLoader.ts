import type { ModelChoices, Preprocessing, SavedModel } from '../src/graph/model.ts';

/** A model format. */
export interface ModelLoader {
  readonly name: string;
  /** One line for `breakwater list models`. */
  readonly summary: string;
  /** True when a file looks like this format. */
  matches(file: string): boolean | Promise<boolean>;
  /** What it lets a user choose. Other choices are refused before it is asked. */
  readonly choices?: readonly (keyof ModelChoices)[];
  /** Throws a UserError that names the file, what was expected and what was found. */
  open(file: string, preprocessing: Preprocessing, choices: ModelChoices): Promise<SavedModel>;
}
