import type { Importers } from '../importer.ts';

/** Every ONNX op that has a meaning in the IR, by name; those of other domains as `domain.Op`. */
export const importers: Importers = {};
