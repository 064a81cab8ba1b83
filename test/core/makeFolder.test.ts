import { existsSync, mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeFolder } from '../../src/core/makeFolder.ts';

describe('makeFolder', () => {
  const there = mkdtempSync(join(tmpdir(), 'breakwater-'));
  writeFileSync(join(there, 'file'), '');

  test('makes all that is missing, and says where that begins', () => {
    expect(makeFolder(join(there, 'a', 'b', 'c'))).toBe(join(there, 'a'));
    expect(statSync(join(there, 'a', 'b', 'c')).isDirectory()).toBe(true);
    expect(makeFolder(join(there, 'a', 'b', 'd'))).toBe(join(there, 'a', 'b', 'd'));
    expect(makeFolder(join(there, 'a', 'b'))).toBeUndefined();
  });

  test.each([['file', 'EEXIST'], ['file/below', 'ENOTDIR']])('refuses %s', (path, code) => {
    expect(() => makeFolder(join(there, path))).toThrow(code);
  });

  test.skipIf(!existsSync('/proc/self'))('refuses what Linux has no room for', () => {
    expect(() => makeFolder('/proc/breakwater/out')).toThrow('ENOENT');
  });
});
