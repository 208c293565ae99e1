/** Low-rank adaptation. */
export { Lora, type LoraOptions } from './lora.js';
export { loraParameters, loraStateDict, markOnlyLoraAsTrainable, setLoraEnabled } from './model.js';
