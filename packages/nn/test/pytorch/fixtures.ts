/** The fixtures of layers and losses, to be replayed on our engine, and the document that tells of them. */
import { readFileSync } from 'node:fs';
import * as autograd from '@lowrank/autograd';
import * as nn from '@lowrank/nn';
import * as numbers from '@lowrank/tensor';
import { Fixtures } from '../../../../tools/pytorch-fixtures/fixtures.mjs';
import { withLayers } from '../../../../tools/pytorch-fixtures/layers.mjs';

const engine = withLayers({ ...numbers, ...autograd, ...nn });

/** Where the fixtures of that name are, without the endings. */
export function pathOf(name: string): URL {
  return new URL(`fixtures/${name}`, import.meta.url);
}

export function readFixtures(name: string): Fixtures {
  return new Fixtures(engine, pathOf(name));
}

/** docs/truth.md */
export const TRUTH = readFileSync(new URL('../../../../docs/truth.md', import.meta.url), 'utf8');
