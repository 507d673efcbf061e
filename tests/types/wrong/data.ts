// Every statement or body is a mistake; messages.txt holds what the compiler says about it.
import { nn, normal, randn, zeros } from "nabla";
import { DataLoader, TensorDataset } from "nabla/data";

const layer = new nn.Linear(5, 2);
for (const [x] of new DataLoader(new TensorDataset(randn(100, 4), zeros(100)), { batchSize: 8 })) {
  layer.forward(x);
}
normal(zeros(3), randn(4));
