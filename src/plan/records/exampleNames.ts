import { fileNames } from '../check/fileNames.ts';

/** What the files of an example are called after each attack, in order. */
export function exampleNames(labels: readonly string[]): string[] {
  return fileNames(labels, ['clean']);
}
