/** The tabs of the playground. The code of each is loaded when it is first shown. */
import type { ComponentType } from 'preact';

export interface TabEntry {
  /** Also the hash of the address that shows the tab. */
  readonly id: string;
  readonly title: string;
  readonly load: () => Promise<{ readonly Tab: ComponentType }>;
}

export const TABS: readonly [TabEntry, ...TabEntry[]] = [
  { id: 'autograd', title: 'Autograd', load: () => import('../autograd/tab.js') },
  { id: 'lora', title: 'LoRA on your hand', load: () => import('../lora/tab.js') },
  { id: 'speed', title: 'Speed', load: () => import('../speed/tab.js') },
];
