/** The models, data sets and training loops that the examples and benches train. */
export { CONVOLUTIONS, MnistCnn } from './mnist/cnn.js';
export { type LabelledImages, MnistDataset } from './mnist/dataset.js';
export {
  type MnistFiles,
  type MnistSplit,
  type ReadMnistFilesOptions,
  readMnistFiles,
} from './mnist/files.js';
export { type IdxArray, type ParseIdxOptions, parseIdx } from './mnist/idx.js';
export { type ProgressBar, startProgressBar } from './progress.js';
export {
  type LabelledBatch,
  type TestOptions,
  type TestResult,
  type TrainingOptions,
  type TrainingStep,
  testClassifier,
  trainClassifier,
} from './training.js';
