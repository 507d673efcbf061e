// The fixture's cases of layers, first values and kinds of dropout.
import { empty, nn, ones, rand, type Tensor, tensor } from "../../src/index.ts";

const weights = (): Tensor => empty(6, 4);

export const initial: Readonly<Record<string, () => readonly Tensor[]>> = {
  "alpha_dropout_0.25_40": () => [
    (tensor(Array.from({ length: 40 }, (_, i) => i)) as Tensor).div(20).sub(1).alphaDropout(0.25),
  ],
  "dropout2d_0.3_2x5x3x3": () => [ones(2, 5, 3, 3).dropout2d(0.3), rand(1)],
  Embedding_10_3: () => new nn.Embedding(10, 3).parameters(),
  Embedding_5_2: () => new nn.Embedding(5, 2).parameters(),
  Embedding_10_3_pad0: () => new nn.Embedding(10, 3, { paddingIdx: 0 }).parameters(),
  LayerNorm_4: () => new nn.LayerNorm(4).parameters(),
  Bilinear_3_4_5: () => new nn.Bilinear(3, 4, 5).parameters(),
  PReLU: () => new nn.PReLU().parameters(),
  xavier_uniform_6_4: () => [nn.init.xavierUniform_(weights())],
  xavier_normal_6_4: () => [nn.init.xavierNormal_(weights())],
  kaiming_normal_6_4: () => [nn.init.kaimingNormal_(weights())],
  kaiming_uniform_relu_6_4: () => [nn.init.kaimingUniform_(weights(), { nonlinearity: "relu" })],
};
