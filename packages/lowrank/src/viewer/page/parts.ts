/** The functions that the page is made of. Their source texts go into the page under these names. */
import { foldGraph } from '@lowrank/autograd';
import { boxLabel, drawingOf, layoutRequest } from '../layout.js';
import { drawGraph } from './drawing.js';
import { element, formatNumber, showHistogram, showTable, showTensor } from './numbers.js';
import { showLeaves, showNode, showNote, showStep } from './panels.js';

export const PARTS = {
  foldGraph,
  boxLabel,
  layoutRequest,
  drawingOf,
  drawGraph,
  element,
  formatNumber,
  showTensor,
  showTable,
  showHistogram,
  showStep,
  showNote,
  showNode,
  showLeaves,
};

export type Parts = typeof PARTS;
