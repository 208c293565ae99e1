/** With which values A and B begin, by the name of the initialisation. */
import { noGrad } from '@lowrank/autograd';
import type { InitialValues, InitRequest } from '../adapters/parts.js';
import type { Init } from '../config.js';
import { olora, pissa } from './decomposed.js';
import { byDefault, gaussian, orthogonal } from './drawn.js';

/** @param op What error messages call the function that was handed the config. */
type Initialisation = (request: InitRequest, op: string) => InitialValues;

const INITIALISATIONS: Readonly<Record<Exclude<Init, false>, Initialisation>> = {
  default: byDefault,
  gaussian,
  orthogonal,
  pissa,
  olora,
};

/**
 * The first values of A and B, in the dtype of the base weight. `undefined` for `false`: both keep what they were drawn
 * with as layers of their own, so that the model changes at once. After the draws for that, the order of draws is that of
 * PEFT, and so are the numbers for the same seed.
 * @param op What error messages call the function that was handed the config.
 * @throws ArgumentError where an initialisation does not go with the layer.
 */
export function initialValues(op: string, init: Init, request: InitRequest): InitialValues | undefined {
  if (init === false) return undefined;
  return noGrad(() => {
    const { A, B, subtracted } = INITIALISATIONS[init](request, op);
    const { dtype } = request.weight;
    return { A: A.to(dtype), B: B.to(dtype), subtracted };
  });
}
