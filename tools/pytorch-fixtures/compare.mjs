// Replays fixtures on the built packages: node compare.mjs PATH, where PATH.json and PATH.safetensors are what compare.py wrote.

import { argv } from 'node:process';
import * as engine from 'lowrank';
import { Fixtures } from './fixtures.mjs';
import { withLayers } from './layers.mjs';

const fixtures = new Fixtures(withLayers(engine), argv[2]);

/** The comparisons of one call; an error is a complaint like any other. */
function outcomesOf(entry) {
  try {
    return fixtures.replay(entry);
  } catch (error) {
    return [{ what: 'the call', values: 0, distance: Number.POSITIVE_INFINITY, complaint: String(error) }];
  }
}

for (const entry of fixtures.samples) {
  console.log(JSON.stringify({ op: entry.op, about: entry.about, outcomes: outcomesOf(entry) }));
}
