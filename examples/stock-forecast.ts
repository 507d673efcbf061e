/**
 * Tomorrow from the last 30 days. An LSTM forecasts the close of the S&P 500 from 2000 to 2020, and for comparison the warmest temperature of
 * each day in Seattle, one day ahead. Both are judged on the last fifth of the series, which the network and the scaling have not seen,
 * against the forecast "tomorrow is like today". Writes numbers and pictures to runs/stock-forecast/. The network does not beat yesterday's price
 * (RMSE 32.42 and 32.47 points); temperatures it forecasts better (2.88 and 3.12 °C).
 */
import { manualSeed, nn, noGrad, optim, type Tensor } from "nabla";
import { DataLoader, packageFile, readCsv, SlidingWindows, StandardScaler, splitByTime } from "nabla/data";
import * as plot from "nabla/plot";
import { MetricsLog } from "nabla/train";
import { SEED, setting } from "./shared/report.ts";

const EPOCHS = setting("EPOCHS", 30);
const WINDOW = 30;
const FOLDER = "runs/stock-forecast";

class Forecaster extends nn.Module {
  lstm: nn.LSTM;
  fc = new nn.Linear(32, 1);

  constructor(features: number) {
    super();
    this.lstm = new nn.LSTM(features, 32, { batchFirst: true });
  }

  /** [n, 30, features] to the change of the next day, [n, 1]. */
  forward(x: Tensor): Tensor {
    const [states] = this.lstm.forward(x);
    return this.fc.forward((states as Tensor).select(1, -1));
  }
}

/** What the network sees of every day, and the change from the day before, which it is to forecast for the next. */
interface Days {
  readonly features: Tensor;
  readonly changes: Tensor;
}

interface Result {
  /** Of every day of the test: what was, what the network said, and what was the day before. */
  readonly actual: Float64Array;
  readonly forecast: Float64Array;
  readonly naive: Float64Array;
  /** The loss after each epoch, in units of the deviation of the changes: training, validation, and that of "no change" on the validation. */
  readonly train: readonly number[];
  readonly validation: readonly number[];
  readonly unchanged: number;
}

const metrics = new MetricsLog(`${FOLDER}/metrics.jsonl`);
metrics.save(); // an output folder that cannot be written is found out now, not after the training

const column = (file: string, names: string[]): Tensor =>
  readCsv(packageFile("vega-datasets", `data/${file}`), { x: names, dtype: "float64" }).x as Tensor;

/** The change from each day to the next, [days, 1] to [days - 1, 1]. */
function daily(x: Tensor): Tensor {
  const days = x.shape[0] as number;
  return x.narrow(0, 1, days - 1).sub(x.narrow(0, 0, days - 1)) as Tensor;
}

/** Prices grow, so what is learned about them has to be in shares: the change of the logarithm from day to day. */
function stockDays(closes: Tensor): Days {
  const changes = daily(closes.log() as Tensor);
  return { features: changes, changes };
}

/** Temperatures stay where they are: the network sees them and the changes. */
function weatherDays(table: Tensor): Days {
  const changes = daily(table.narrow(1, 0, 1) as Tensor);
  return { features: table.narrow(0, 1, changes.shape[0] as number) as Tensor, changes };
}

/**
 * Trains on the first 70 % of the days, keeps the weights that are best on the next 10 %, and forecasts the last fifth. `undo` makes a value
 * of the value of the day before and the change.
 */
function forecast(days: Days, values: Tensor, undo: (before: number, change: number) => number): Result {
  const PARTS = [0.7, 0.1, 0.2] as const;
  const features = splitByTime(days.features, PARTS);
  const changes = splitByTime(days.changes, PARTS);
  const [scaler, changeScaler] = [new StandardScaler().fit(features[0]), new StandardScaler().fit(changes[0])];
  const [train, validation, test] = features.map(
    (part, i) =>
      new SlidingWindows(scaler.transform(part).to("float32"), {
        window: WINDOW,
        targets: changeScaler.transform(changes[i] as Tensor).to("float32"),
      }),
  ) as [SlidingWindows, SlidingWindows, SlidingWindows];

  manualSeed(SEED);
  const model = new Forecaster(features[0].shape[1] as number);
  const criterion = new nn.MSELoss();
  const optimizer = new optim.AdamW(model.parameters(), { lr: 1e-3, weightDecay: 0.01 });
  const run = (windows: SlidingWindows): { said: Tensor; loss: number; unchanged: number } =>
    noGrad(() => {
      const [[x, y]] = [...new DataLoader(windows, { batchSize: windows.length })] as [[Tensor, Tensor]];
      const said = model.forward(x);
      const nothing = changeScaler
        .transform(days.changes.mul(0).narrow(0, 0, 1))
        .to("float32")
        .item();
      const target = y.squeeze(1) as Tensor;
      return {
        said,
        loss: criterion.forward(said, target).item(),
        unchanged: target.sub(nothing).square().mean().item(),
      };
    });

  const losses: { train: number[]; validation: number[] } = { train: [], validation: [] };
  let best = { loss: Number.POSITIVE_INFINITY, weights: model.stateDict() };
  for (let epoch = 1; epoch <= EPOCHS; epoch++) {
    for (const [x, y] of new DataLoader(train, { batchSize: 64, shuffle: true })) {
      const loss = criterion.forward(model.forward(x as Tensor), (y as Tensor).squeeze(1) as Tensor);
      optimizer.zeroGrad();
      loss.backward();
      optimizer.step();
    }
    const { loss } = run(validation);
    losses.train.push(run(train).loss);
    losses.validation.push(loss);
    if (loss < best.loss) {
      best = {
        loss,
        weights: Object.fromEntries(Object.entries(model.stateDict()).map(([key, x]) => [key, x.clone()])),
      };
    }
  }
  model.loadStateDict(best.weights);

  const said = changeScaler.inverseTransform(run(test).said.to("float64")).data();
  // Day i of the test follows WINDOW days of the test; a change belongs to the value one further.
  const first = values.count - said.length;
  const all = values.data();
  const naive = Float64Array.from(said, (_, i) => all[first + i - 1] as number);
  return {
    actual: Float64Array.from(said, (_, i) => all[first + i] as number),
    forecast: naive.map((before, i) => undo(before, said[i] as number)),
    naive,
    ...losses,
    unchanged: run(validation).unchanged,
  };
}

/** The root of the mean square of the errors, and their mean size. */
function errors(actual: Float64Array, said: Float64Array): { rmse: number; mae: number } {
  const away = actual.map((value, i) => Math.abs(value - (said[i] as number)));
  const mean = (list: Float64Array): number => list.reduce((a, b) => a + b, 0) / list.length;
  return { rmse: Math.sqrt(mean(away.map((e) => e ** 2))), mae: mean(away) };
}

/** How often the network has the direction right, among days that change at all. */
function directions({ actual, forecast, naive }: Result): { right: number; up: number } {
  let [right, up, count] = [0, 0, 0];
  for (const [i, value] of actual.entries()) {
    const [was, said] = [value - (naive[i] as number), (forecast[i] as number) - (naive[i] as number)];
    if (was === 0) continue;
    count++;
    if (was > 0) up++;
    if (Math.sign(was) === Math.sign(said)) right++;
  }
  return { right: right / count, up: up / count };
}

/** The score of the network beside that of "tomorrow is like today", in a plain sentence. */
function report(name: string, unit: string, result: Result): string {
  const [network, naive] = [errors(result.actual, result.forecast), errors(result.actual, result.naive)];
  const gain = 1 - network.rmse / naive.rmse;
  const { right, up } = directions(result);
  metrics.add({ series: name, days: result.actual.length, rmse: network.rmse, naive: naive.rmse, right, up }).save();
  const verdict =
    gain > 0.02
      ? `the network is better by ${(100 * gain).toFixed(1)} %`
      : gain < -0.02
        ? `the network is worse by ${(-100 * gain).toFixed(1)} %`
        : `the network does not beat it (${(100 * gain).toFixed(2)} %)`;
  console.log(`${name}, the last ${result.actual.length} days:`);
  console.log(`  network              RMSE ${network.rmse.toFixed(2)} ${unit}, mean error ${network.mae.toFixed(2)}`);
  console.log(
    `  tomorrow is as today RMSE ${naive.rmse.toFixed(2)} ${unit}, mean error ${naive.mae.toFixed(2)}: ${verdict}`,
  );
  console.log(
    `  direction right on ${(100 * right).toFixed(1)} % of the days; "always up" on ${(100 * up).toFixed(1)} %`,
  );
  return `RMSE ${network.rmse.toFixed(2)} ${unit}; "tomorrow is like today" has ${naive.rmse.toFixed(2)}: ${verdict}`;
}

function draw(file: string, title: string, subtitle: string, result: Result): void {
  const { actual, forecast, naive, train, validation, unchanged } = result;
  const days = Array.from(actual, (_, i) => i + 1);
  const shown = Math.min(60, days.length);
  const last = (list: Float64Array) => ({ x: days.slice(-shown), y: list.slice(-shown) });
  plot
    .curves(
      [
        { name: "actual", panel: "The last fifth of the series", y: actual },
        { name: "forecast of the day before", panel: "The last fifth of the series", y: forecast },
        { name: "actual", panel: `Its last ${shown} days`, ...last(actual) },
        { name: "forecast", panel: `Its last ${shown} days`, ...last(forecast) },
        { name: "tomorrow is like today", panel: `Its last ${shown} days`, ...last(naive) },
        { name: "training", panel: "Loss", y: train },
        { name: "validation", panel: "Loss", y: validation },
        { name: "no change, on the validation", panel: "Loss", y: validation.map(() => unchanged) },
      ],
      {
        title,
        subtitle,
        smooth: 0,
        x: "day",
        panels: { Loss: { x: "epoch", y: "squared error, in squared deviations" } },
      },
    )
    .save(`${FOLDER}/${file}.svg`);
}

const closes = column("sp500-2000.csv", ["close"]);
const stocks = forecast(stockDays(closes), closes.squeeze(1) as Tensor, (before, change) => before * Math.exp(change));
draw("sp500", "S&P 500, one day ahead", report("S&P 500", "points", stocks), stocks);

const weather = column("seattle-weather.csv", ["temp_max", "temp_min", "precipitation", "wind"]);
const warmest = weather.select(1, 0) as Tensor;
const seattle = forecast(weatherDays(weather), warmest, (before, change) => before + change);
draw("seattle", "Warmest temperature in Seattle, one day ahead", report("Seattle", "°C", seattle), seattle);
console.log(`metrics and pictures: ${FOLDER}/`);
