/** The network that all adapters here belong to. */

/** What their configs call it. */
export const BASE_MODEL = 'lowrank-mnist-cnn';

/** Its weights, and digits of MNIST to practise and to test with, among the files of the page. */
export const FILES = { network: 'mnist-cnn.safetensors', digits: 'mnist-digits.safetensors' } as const;
