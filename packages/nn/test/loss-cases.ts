/** Losses of given predictions, and the values and gradients that PyTorch 1.13 gives for them. */
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

export type Case = readonly [
  title: string,
  loss: (input: Tensor) => Tensor,
  input: NestedArray<number>,
  value: NestedArray<number>,
  /** Row by row; of a loss without reduction that of 1 l[0] + 2 l[1] + ... */
  gradient: readonly number[],
];

export const CASES: readonly Case[] = [
  [
    'crossEntropy, mean, ignoring one',
    (input) => crossEntropy(input, someClasses),
    LOGITS,
    1.23835,
    [
      0.04583302, 0.01022673, -0.05605974, 0, 0, 0, 0.01386238, -0.1270649, 0.1132025, -0.317562, 0.3167768,
      0.000785211,
    ],
  ],
  [
    'crossEntropy, mean, smoothed',
    (input) => crossEntropy(input, someClasses, { labelSmoothing: 0.1 }),
    LOGITS,
    1.331683,
    [
      0.0347219, -0.0008843836, -0.03383751, 0, 0, 0, 0.002751264, -0.1048427, 0.1020914, -0.2953397,
      0.3056656, -0.0103259,
    ],
  ],
  [
    'crossEntropy of probabilities, mean, smoothed',
    (input) => crossEntropy(input, probabilities, { labelSmoothing: 0.1 }),
    LOGITS,
    1.012213,
    [
      -0.01895857, -0.06816329, 0.08712187, -0.05753702, 0.03957675, 0.01796028, 0.002063449, 0.03386799,
      -0.03593145, -0.0190048, 0.04924923, -0.03024442,
    ],
  ],
  [
    'crossEntropy, mean with class weights, ignoring one',
    (input) => crossEntropy(input, someClasses, { weight }),
    LOGITS,
    0.6904024,
    [
      0.05156215, 0.01150507, -0.06306721, 0, 0, 0, 0.02079356, -0.1905974, 0.1698038, -0.1190857, 0.1187913,
      0.0002944541,
    ],
  ],
  [
    'crossEntropy, mean with class weights, smoothed',
    (input) => crossEntropy(input, someClasses, { weight, labelSmoothing: 0.1 }),
    LOGITS,
    0.8139471,
    [
      0.04682256, -0.005289433, -0.04153311, 0, 0, 0, 0.01593378, -0.1675775, 0.1516436, -0.1097667,
      0.1219232, -0.01215647,
    ],
  ],
  [
    'crossEntropy of probabilities, mean with class weights, smoothed',
    (input) => crossEntropy(input, probabilities, { weight, labelSmoothing: 0.1 }),
    LOGITS,
    1.382549,
    [
      0.0227757, -0.1406346, 0.1178589, -0.01411881, 0.01128088, 0.002837942, 0.0135945, 0.02261475,
      -0.03620928, 0.005322705, 0.03989476, -0.04521745,
    ],
  ],
  [
    'crossEntropy, sum with class weights, smoothed',
    (input) => crossEntropy(input, someClasses, { weight, reduction: 'sum', labelSmoothing: 0.1 }),
    LOGITS,
    3.255789,
    [
      0.1872902, -0.02115773, -0.1661325, 0, 0, 0, 0.06373511, -0.6703098, 0.6065745, -0.4390667, 0.4876927,
      -0.04862589,
    ],
  ],
  [
    'crossEntropy of probabilities, sum with class weights, smoothed',
    (input) => crossEntropy(input, probabilities, { weight, reduction: 'sum', labelSmoothing: 0.1 }),
    LOGITS,
    5.530195,
    [
      0.09110279, -0.5625383, 0.4714355, -0.05647524, 0.04512354, 0.01135177, 0.05437801, 0.09045901,
      -0.1448371, 0.02129082, 0.1595791, -0.1808698,
    ],
  ],
  [
    'crossEntropy, none, ignoring one',
    (input) => crossEntropy(input, someClasses, { reduction: 'none' }),
    LOGITS,
    [0.1841383, 0, 0.4799646, 3.050946],
    [
      0.137499, 0.03068019, -0.1681792, 0, 0, 0, 0.1247614, -1.143584, 1.018823, -3.810743, 3.801321,
      0.009422532,
    ],
  ],
  [
    'crossEntropy, none with class weights, smoothed',
    (input) => crossEntropy(input, someClasses, { weight, reduction: 'none', labelSmoothing: 0.1 }),
    LOGITS,
    [0.5231385, 0, 1.002932, 1.729718],
    [
      0.1872902, -0.02115773, -0.1661325, 0, 0, 0, 0.1912053, -2.010929, 1.819724, -1.756267, 1.950771,
      -0.1945035,
    ],
  ],
  [
    'crossEntropy of probabilities, none with class weights, smoothed',
    (input) => crossEntropy(input, probabilities, { weight, reduction: 'none', labelSmoothing: 0.1 }),
    LOGITS,
    [2.458852, 0.3870787, 1.29994, 1.384325],
    [
      0.09110279, -0.5625383, 0.4714355, -0.1129505, 0.09024708, 0.02270354, 0.163134, 0.2713773, -0.4345113,
      0.08516327, 0.6383162, -0.7234792,
    ],
  ],
  [
    'crossEntropy with an ignoreIndex',
    (input) => crossEntropy(input, ints([2, 1, 0, 1]), { ignoreIndex: 1 }),
    LOGITS,
    1.682051,
    [0.06874952, 0.01534009, -0.08408961, 0, 0, 0, -0.4792064, 0.3094026, 0.1698038, 0, 0, 0],
  ],
  [
    'crossEntropy of classes',
    (input) => crossEntropy(input, allClasses),
    LOGITS,
    0.2667959,
    [
      0.03437476, 0.007670046, -0.0420448, -0.07420368, 0.04791009, 0.02629361, 0.01039678, -0.09529868,
      0.08490188, 0.01182854, -0.01241744, 0.0005889083,
    ],
  ],
  [
    'crossEntropy of probabilities',
    (input) => crossEntropy(input, probabilities),
    LOGITS,
    0.9042959,
    [
      -0.01562524, -0.06732996, 0.0829552, -0.07420368, 0.04791009, 0.02629361, 0.01039678, 0.02970132,
      -0.04009812, -0.01317146, 0.03758256, -0.02441109,
    ],
  ],
  [
    'crossEntropy of one example',
    (input) => crossEntropy(input, ints(1)),
    LOGITS[0],
    3.484138,
    [0.137499, -0.9693198, 0.8318208],
  ],
  [
    'crossEntropy of the probabilities of one example',
    (input) => crossEntropy(input, tensor([0.2, 0.3, 0.5])),
    LOGITS[0],
    1.534138,
    [-0.06250095, -0.2693198, 0.3318208],
  ],
  [
    'crossEntropy at several places',
    (input) => crossEntropy(input, placeClasses, { weight, labelSmoothing: 0.2 }),
    PLACES,
    1.394721,
    [
      -0.07467301, 0.04025604, 0.01688197, -0.009204566, 0.05779104, -0.03105146, 0.02953303, 0, -0.3822191,
      0, 0.352686, 0,
    ],
  ],
  [
    'crossEntropy at several places, none',
    (input) => crossEntropy(input, placeClasses, { reduction: 'none' }),
    PLACES,
    [
      [1.599676, 0.2210484],
      [2.211552, 0],
    ],
    [
      -0.7980381, 0.2650329, 0.3012918, 0.1316115, 0.4967462, -0.3966442, 0.2434267, 0, -2.671408, 0,
      2.427982, 0,
    ],
  ],
  [
    'crossEntropy of probabilities at several places',
    (input) => crossEntropy(input, softmax(tensor(PLACES).mul(2), 1), { weight }),
    PLACES,
    0.7455053,
    [
      0.06287279, 0.04562326, -0.006072589, 0.02103804, -0.05680022, -0.06666128, 0.02918887, 0.1129494,
      0.03214494, -0.1251028, -0.06133383, 0.01215341,
    ],
  ],
  [
    'nllLoss',
    (input) => nllLoss(input, allClasses),
    LOGITS,
    -1.825,
    [0, 0, -0.25, -0.25, 0, 0, 0, -0.25, 0, 0, -0.25, 0],
  ],
  [
    'nllLoss with class weights, ignoring one',
    (input) => nllLoss(input, someClasses, { weight }),
    LOGITS,
    -1.1375,
    [0, 0, -0.375, 0, 0, 0, 0, -0.5, 0, -0.125, 0, 0],
  ],
  [
    'nllLoss with class weights, none',
    (input) => nllLoss(input, someClasses, { weight, reduction: 'none' }),
    LOGITS,
    [-3.15, 0, -1.4, 0],
    [0, 0, -1.5, 0, 0, 0, 0, -6, 0, -2, 0, 0],
  ],
  [
    'nllLoss, sum',
    (input) => nllLoss(input, allClasses, { reduction: 'sum' }),
    LOGITS,
    -7.3,
    [0, 0, -1, -1, 0, 0, 0, -1, 0, 0, -1, 0],
  ],
  [
    'mseLoss, mean',
    (input) => mseLoss(input, numbers),
    NUMBERS,
    1.708333,
    [0.3333333, 0, -0.1666667, -0.3333333, 0.6666667, -0.6666667],
  ],
  [
    'l1Loss, mean',
    (input) => l1Loss(input, numbers),
    NUMBERS,
    1.083333,
    [0.1666667, 0, -0.1666667, -0.1666667, 0.1666667, -0.1666667],
  ],
  [
    'bceWithLogits, mean',
    (input) => bceWithLogits(input, answers),
    EXTREMES,
    13.19699,
    [0.1218431, -0.1467995, -0.08333334, 0.125, -0.007904311, 0],
  ],
  [
    'bceWithLogits, weighted, mean',
    (input) => bceWithLogits(input, answers, { weight: rowWeight, posWeight }),
    EXTREMES,
    38.5342,
    [0.1218431, -0.293599, -0.04166667, 0.375, -0.04742587, 0],
  ],
  [
    'mseLoss, sum',
    (input) => mseLoss(input, numbers, { reduction: 'sum' }),
    NUMBERS,
    10.25,
    [2, 0, -1, -2, 4, -4],
  ],
  [
    'l1Loss, sum',
    (input) => l1Loss(input, numbers, { reduction: 'sum' }),
    NUMBERS,
    6.5,
    [1, 0, -1, -1, 1, -1],
  ],
  [
    'bceWithLogits, weighted, sum',
    (input) => bceWithLogits(input, answers, { weight: rowWeight, posWeight, reduction: 'sum' }),
    EXTREMES,
    231.2052,
    [0.7310586, -1.761594, -0.25, 2.25, -0.2845552, 0],
  ],
  [
    'mseLoss, none',
    (input) => mseLoss(input, numbers, { reduction: 'none' }),
    NUMBERS,
    [
      [1, 0, 0.25],
      [1, 4, 4],
    ],
    [2, 0, -3, -8, 20, -24],
  ],
  [
    'l1Loss, none',
    (input) => l1Loss(input, numbers, { reduction: 'none' }),
    NUMBERS,
    [
      [1, 0, 0.5],
      [1, 2, 2],
    ],
    [1, 0, -3, -4, 5, -6],
  ],
  [
    'bceWithLogits, none',
    (input) => bceWithLogits(input, answers, { reduction: 'none' }),
    EXTREMES,
    [
      [1.313262, 2.126928, Math.LN2],
      [75, 0.04858733, 0],
    ],
    [0.7310586, -1.761594, -1.5, 3, -0.2371293, 0],
  ],
  [
    'crossEntropy of classes, smoothed',
    (input) => crossEntropy(input, allClasses, { labelSmoothing: 0.3 }),
    LOGITS,
    0.7817959189414978,
    [
      0.009374762, -0.01732995, 0.007955194, -0.02420369, 0.02291009, 0.001293615, -0.01460322, -0.04529868,
      0.05990189, -0.01317146, 0.03758256, -0.02441109,
    ],
  ],
];
