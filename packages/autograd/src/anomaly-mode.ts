/** Whether backward passes look for gradients that are NaN or infinite. */
import { Setting } from './setting.js';

export const detecting = new Setting(false);
