/** Image datasets and transforms. */
export { FashionMNIST, type LabelledImage, MNIST, type MNISTOptions } from "./mnist.ts";
export * as transforms from "./transforms.ts";
