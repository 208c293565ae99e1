/** Losses of given predictions, whose gradients are compared with differences. */
import { bceWithLogits, crossEntropy, l1Loss, mseLoss, nllLoss } from '@lowrank/nn';
import { type NestedArray, softmax, type Tensor, tensor } from '@lowrank/tensor';

const ints = (values: NestedArray<number>) => tensor(values, { dtype: 'int32' });

/** [4, 3] */
const LOGITS = [
  [0.3, -1.2, 2.1],
  [1.5, 0.2, -0.4],
  [-2, 0.7, 0.1],
  [0, 3, -3],
];
/** [2, 3, 2] */
const PLACES = [
  [
    [0.1, 0.2],
    [0.5, -0.5],
    [1, 2],
  ],
  [
    [-0.3, 0.4],
    [0, 1],
    [2, -2],
  ],
];
/** [2, 3] */
const NUMBERS = [
  [1, -2, 0.5],
  [0, 3, -1],
];
/** [2, 3] */
const EXTREMES = [
  [1, -2, 0],
  [100, 3, -120],
];
const allClasses = ints([2, 0, 1, 1]);
const someClasses = ints([2, -100, 1, 0]);
const placeClasses = ints([
  [0, 2],
  [1, -100],
]);
const weight = tensor([0.5, 2, 1.5]);
const probabilities = tensor([
  [0.2, 0.3, 0.5],
  [1, 0, 0],
  [0, 0.5, 0.5],
  [0.1, 0.8, 0.1],
]);
const numbers = tensor([
  [0, -2, 1],
  [1, 1, 1],
]);
const answers = tensor([
  [0, 1, 1],
  [0.25, 1, 0],
]);
const rowWeight = tensor([[1], [3]]);
const posWeight = tensor([1, 2, 0.5]);

export type Case = readonly [title: string, loss: (input: Tensor) => Tensor, input: NestedArray<number>];

export const CASES: readonly Case[] = [
  ['crossEntropy, mean, ignoring one', (input) => crossEntropy(input, someClasses), LOGITS],
  [
    'crossEntropy, mean, smoothed',
    (input) => crossEntropy(input, someClasses, { labelSmoothing: 0.1 }),
    LOGITS,
  ],
  [
    'crossEntropy of probabilities, mean, smoothed',
    (input) => crossEntropy(input, probabilities, { labelSmoothing: 0.1 }),
    LOGITS,
  ],
  [
    'crossEntropy, mean with class weights, ignoring one',
    (input) => crossEntropy(input, someClasses, { weight }),
    LOGITS,
  ],
  [
    'crossEntropy, mean with class weights, smoothed',
    (input) => crossEntropy(input, someClasses, { weight, labelSmoothing: 0.1 }),
    LOGITS,
  ],
  [
    'crossEntropy of probabilities, mean with class weights, smoothed',
    (input) => crossEntropy(input, probabilities, { weight, labelSmoothing: 0.1 }),
    LOGITS,
  ],
  [
    'crossEntropy, sum with class weights, smoothed',
    (input) => crossEntropy(input, someClasses, { weight, reduction: 'sum', labelSmoothing: 0.1 }),
    LOGITS,
  ],
  [
    'crossEntropy of probabilities, sum with class weights, smoothed',
    (input) => crossEntropy(input, probabilities, { weight, reduction: 'sum', labelSmoothing: 0.1 }),
    LOGITS,
  ],
  [
    'crossEntropy, none, ignoring one',
    (input) => crossEntropy(input, someClasses, { reduction: 'none' }),
    LOGITS,
  ],
  [
    'crossEntropy, none with class weights, smoothed',
    (input) => crossEntropy(input, someClasses, { weight, reduction: 'none', labelSmoothing: 0.1 }),
    LOGITS,
  ],
  [
    'crossEntropy of probabilities, none with class weights, smoothed',
    (input) => crossEntropy(input, probabilities, { weight, reduction: 'none', labelSmoothing: 0.1 }),
    LOGITS,
  ],
  [
    'crossEntropy with an ignoreIndex',
    (input) => crossEntropy(input, ints([2, 1, 0, 1]), { ignoreIndex: 1 }),
    LOGITS,
  ],
  ['crossEntropy of classes', (input) => crossEntropy(input, allClasses), LOGITS],
  ['crossEntropy of probabilities', (input) => crossEntropy(input, probabilities), LOGITS],
  ['crossEntropy of one example', (input) => crossEntropy(input, ints(1)), LOGITS[0]],
  [
    'crossEntropy of the probabilities of one example',
    (input) => crossEntropy(input, tensor([0.2, 0.3, 0.5])),
    LOGITS[0],
  ],
  [
    'crossEntropy at several places',
    (input) => crossEntropy(input, placeClasses, { weight, labelSmoothing: 0.2 }),
    PLACES,
  ],
  [
    'crossEntropy at several places, none',
    (input) => crossEntropy(input, placeClasses, { reduction: 'none' }),
    PLACES,
  ],
  [
    'crossEntropy of probabilities at several places',
    (input) => crossEntropy(input, softmax(tensor(PLACES).mul(2), 1), { weight }),
    PLACES,
  ],
  ['nllLoss', (input) => nllLoss(input, allClasses), LOGITS],
  ['nllLoss with class weights, ignoring one', (input) => nllLoss(input, someClasses, { weight }), LOGITS],
  [
    'nllLoss with class weights, none',
    (input) => nllLoss(input, someClasses, { weight, reduction: 'none' }),
    LOGITS,
  ],
  ['nllLoss, sum', (input) => nllLoss(input, allClasses, { reduction: 'sum' }), LOGITS],
  ['mseLoss, mean', (input) => mseLoss(input, numbers), NUMBERS],
  ['l1Loss, mean', (input) => l1Loss(input, numbers), NUMBERS],
  ['bceWithLogits, mean', (input) => bceWithLogits(input, answers), EXTREMES],
  [
    'bceWithLogits, weighted, mean',
    (input) => bceWithLogits(input, answers, { weight: rowWeight, posWeight }),
    EXTREMES,
  ],
  ['mseLoss, sum', (input) => mseLoss(input, numbers, { reduction: 'sum' }), NUMBERS],
  ['l1Loss, sum', (input) => l1Loss(input, numbers, { reduction: 'sum' }), NUMBERS],
  [
    'bceWithLogits, weighted, sum',
    (input) => bceWithLogits(input, answers, { weight: rowWeight, posWeight, reduction: 'sum' }),
    EXTREMES,
  ],
  ['mseLoss, none', (input) => mseLoss(input, numbers, { reduction: 'none' }), NUMBERS],
  ['l1Loss, none', (input) => l1Loss(input, numbers, { reduction: 'none' }), NUMBERS],
  ['bceWithLogits, none', (input) => bceWithLogits(input, answers, { reduction: 'none' }), EXTREMES],
  [
    'crossEntropy of classes, smoothed',
    (input) => crossEntropy(input, allClasses, { labelSmoothing: 0.3 }),
    LOGITS,
  ],
];
