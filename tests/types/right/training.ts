// Trainings with loaders, schedules and metrics of every kind; what evaluate and sweep give is known by name.
import { nn, optim, randint, randn } from "nabla";
import { DataLoader, TensorDataset } from "nabla/data";
import { Accuracy, ConfusionMatrix, EarlyStopping, evaluate, fit, sweep } from "nabla/train";

const train = new DataLoader(new TensorDataset(randn(20, 4), randint(0, 2, [20])), { batchSize: 5, shuffle: true });
const model = new nn.Sequential(new nn.Linear(4, 2));
const optimizer = new optim.Adam(model.parameters());
await fit(model, {
  train,
  validation: train,
  loss: new nn.CrossEntropyLoss(),
  optimizer,
  schedule: new optim.lrScheduler.ReduceLROnPlateau(optimizer),
  epochs: 1,
  metrics: { accuracy: new Accuracy() },
  forward: ([x]) => model.forward(x),
  callbacks: [new EarlyStopping(model), (run, row) => run.log(String(row.loss))],
});
const measured = evaluate(model, train, {
  loss: (a, b) => a.sub(b).mean(),
  metrics: { matrix: new ConfusionMatrix() },
});
export const loss: number = measured.loss;
export const matrix: number[][] = measured.matrix;
const found = await sweep({ lr: [0.1, 0.2], name: ["a", "b"] }, ({ lr, name }) => lr * name.length);
export const lr: number = found.best("value").config.lr;
export const name: string = found.best("value").config.name;
