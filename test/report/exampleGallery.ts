import type { GalleryItem } from '../../src/core/result.ts';

/** 2×2 pixels of grey. */
const png = 'iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAACXBIWXMAAAPoAAAD6AG1e1JrAAAAFklEQVQImWPg4uKKiopiWLBgwYcPHwAZ9AXdgtejaAAAAABJRU5ErkJggg==';

/** An image that was robust before, one that was not, and a row of a table. */
export const exampleGallery: readonly GalleryItem[] = [
  {
    ...{ id: 14, label: 1, attack: 'autoattack', norm: 'linf', epsilon: 8 / 255, distance: 0.0313, regressed: true },
    ...{ clean: { prediction: 1, confidence: 0.98 }, adversarial: { prediction: 0, confidence: 0.999 } },
    image: { width: 2, height: 2, clean: png, adversarial: png, perturbation: png, magnification: 10 },
  },
  {
    ...{ id: 7, label: 0, attack: 'fgsm', norm: 'linf', epsilon: 2 / 255, distance: 0.0078 },
    ...{ clean: { prediction: 0, confidence: 0.5 }, adversarial: { prediction: 1, confidence: 0.004 } },
    image: { width: 2, height: 2, clean: png, adversarial: png, perturbation: png, magnification: 50 },
  },
  {
    ...{ id: 3, label: 0, attack: 'rotation', norm: 'none', epsilon: null, distance: null },
    ...{ clean: { prediction: 0, confidence: 1 }, adversarial: { prediction: 1, confidence: 0.61 } },
    columns: [
      { name: 'age', clean: 41, adversarial: 38.25 },
      { name: 'hours', clean: 40, adversarial: 44 },
    ],
  },
];
