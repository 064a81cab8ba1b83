import { join } from 'node:path';
import { UserError } from '../src/core/errors.ts';
import { readClassNames } from './classNames.ts';
import { imageEndings, isFolder, listFolder } from './listFolder.ts';

/** A folder with a folder of images per class: what is in it, and what was left aside. */
export interface ImageFolders {
  readonly classNames: readonly string[];
  readonly folders: readonly ClassFolder[];
  readonly notes: readonly string[];
}

export interface ClassFolder {
  readonly path: string;
  readonly label: number;
  /** Names of its images, sorted. */
  readonly images: readonly string[];
  /** What else it holds. */
  readonly ignored: readonly string[];
}

/** What the classes must agree with. */
export interface ExpectedClasses {
  /** A file of the model's class names, in its order. */
  readonly classes?: string;
  /** How many the model has. */
  readonly classCount?: number;
  /** A folder of images will do, without classes. */
  readonly unlabelled?: boolean;
}

/** Lists the classes, numbered in the order of the file `classes`, or else of their sorted names, as Keras and torchvision do. */
export function openImageFolders(root: string, expected: ExpectedClasses): ImageFolders {
  if (!isFolder(root)) throw new UserError(`${root}: expected a folder with a folder of images per class, found no folder`);
  const { folders: found, images, others } = listFolder(root);
  if (found.length === 0 && images.length > 0 && expected.unlabelled === true) return withoutClasses(root, images, others);
  if (found.length === 0) {
    const what = images.length > 0 ? 'images but no folder; --labels predicted does without classes' : 'no folder';
    throw new UserError(`${root}: expected a folder of images per class, found ${what}`);
  }
  const classNames = expected.classes === undefined ? found : namesFor(expected.classes, root, found);
  const present = new Set(found);
  const folders = classNames.flatMap((name, label) => (present.has(name) ? [classFolder(root, name, label)] : []));
  checkCount(root, classNames, expected);
  const ignored = [...images, ...others, ...folders.flatMap((folder) => folder.ignored)];
  const absent = classNames.filter((name) => !present.has(name));
  const notes = [
    ...note(absent, `${root}: no folder for ${absent.length} of ${classNames.length} classes`),
    ...note(ignored, `${root}: ignored, as no image of a class: ${ignored.length}`),
  ];
  return { classNames, folders, notes };
}

/** True for a folder whose folders hold images, as far as names tell. */
export function holdsImageFolders(root: string): boolean {
  return isFolder(root) && listFolder(root).folders.some((name) => listFolder(join(root, name)).images.length > 0);
}

/** True for a folder that holds images, as far as names tell. */
export function holdsImages(root: string): boolean {
  return isFolder(root) && listFolder(root).images.length > 0;
}

/** The images of one folder, in order; their label means nothing. */
function withoutClasses(root: string, images: readonly string[], others: readonly string[]): ImageFolders {
  const notes = note(others, `${root}: ignored, as no image: ${others.length}`);
  return { classNames: [], folders: [{ path: root, label: 0, images, ignored: [] }], notes };
}

function namesFor(file: string, root: string, found: readonly string[]): string[] {
  const names = readClassNames(file);
  const known = new Set(names);
  const unknown = found.find((name) => !known.has(name));
  if (unknown === undefined) return names;
  throw new UserError(`${join(root, unknown)}: expected a class of ${file} (${some(names)}), found '${unknown}'`);
}

function checkCount(root: string, names: readonly string[], { classes, classCount }: ExpectedClasses): void {
  if (classCount === undefined || classCount === names.length) return;
  const subject = classes === undefined ? `${root}: expected ${classCount} class folders` : `${classes}: expected ${classCount} class names`;
  const advice = classes === undefined ? '; --classes FILE names the classes of the model' : '';
  throw new UserError(`${subject} as the model has ${classCount} classes, found ${names.length} (${some(names)})${advice}`);
}

function classFolder(root: string, name: string, label: number): ClassFolder {
  const path = join(root, name);
  const { folders, images, others } = listFolder(path);
  const found = [...folders, ...others];
  if (images.length > 0) return { path, label, images, ignored: found.map((one) => join(name, one)) };
  const what = found.length === 0 ? 'none' : `only ${some(found)}`;
  const advice = holdsImageFolders(path) ? ` (is images:${path} meant?)` : '';
  throw new UserError(`${path}: expected images (${imageEndings.join(', ')}), found ${what}${advice}`);
}

function note(names: readonly string[], line: string): string[] {
  return names.length > 0 ? [`${line} (${some(names)})`] : [];
}

function some(names: readonly string[]): string {
  return names.length > 4 ? `${names.slice(0, 3).join(', ')}, …` : names.join(', ');
}
