import { expect, test } from 'vitest';
import { attacks } from '../../attacks/index.ts';
import { linearOracle } from '../support/linearOracle.ts';
import { attackContract } from './contract.ts';
import { rows } from './contractRows.ts';

test('every attack has a row, and every row an attack', () => {
  expect(Object.keys(rows)).toEqual(Object.keys(attacks));
  for (const [name, { linear }] of Object.entries(rows)) expect(Object.keys(linear)).toEqual(attacks[name]!.norms);
});

attackContract((...model) => Promise.resolve(linearOracle(...model)));
