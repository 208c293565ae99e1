// Makes the layers that fixtures tell of, gives them the fixtures' parameters, and calls them.

/**
 * A layer as the index tells it: the name of its class and its arguments, of which any may be a layer itself.
 * @typedef {readonly [name: string, ...arguments: unknown[]]} LayerDescription
 */

/**
 * The engine with one function more, which layers are called by.
 * @param {Record<string, any>} engine What `lowrank`, or `@lowrank/tensor`, `@lowrank/autograd` and `@lowrank/nn` together, export.
 */
export function withLayers(engine) {
  /**
   * @param {LayerDescription} description
   * @param {any} x
   * @param {Record<string, any>} parameters All parameters of the layer, by their paths.
   * @param {{ training?: boolean }} options
   */
  const forwardLayer = (description, x, parameters, { training = true } = {}) => {
    const layer = layerOf(engine, description).train(training);
    setParameters(layer, parameters);
    return layer.forward(x);
  };
  return { ...engine, forwardLayer };
}

/** @param {any} value A description, or any other argument. */
function layerOf(engine, value) {
  if (!Array.isArray(value) || typeof value[0] !== 'string') return value;
  const [name, ...rest] = value;
  return new engine[name](...rest.map((argument) => layerOf(engine, argument)));
}

/** Puts tensors into the places of a layer's parameters, which have to be the same ones, of the same shapes. */
export function setParameters(layer, parameters) {
  const listed = (entries) => entries.map(([path, { shape }]) => `${path} [${shape}]`).join(', ');
  const [own, given] = [listed([...layer.namedParameters()]), listed(Object.entries(parameters))];
  if (own !== given) throw new Error(`the parameters are ${own}, those of PyTorch ${given}`);
  for (const [path, parameter] of Object.entries(parameters)) {
    const [name, ...owners] = path.split('.').reverse();
    const owner = owners.reduceRight((module, field) => module[field], layer);
    Object.assign(owner, { [name]: parameter });
  }
}
