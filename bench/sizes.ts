/** The sizes of the network that most benchmarks train. */
export const BATCH = 100;
export const PIXELS = 784;
export const HIDDEN = 500;
export const CLASSES = 10;

/** Multiplications and additions of one training step's products; there is no gradient of the images. */
export const MLP_FLOPS: number = 2 * BATCH * HIDDEN * (2 * PIXELS + 3 * CLASSES);
