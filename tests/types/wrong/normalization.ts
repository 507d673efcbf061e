// Every statement is a mistake; messages.txt holds what the compiler says about it.
import { nn, randn } from "nabla";

const F = nn.functional;
const images = randn(8, 3, 5, 6);
new nn.BatchNorm2d(4).forward(images);
new nn.BatchNorm2d(3).forward(randn(8, 3));
new nn.BatchNorm1d(3).forward(images);
new nn.GroupNorm(2, 4).forward(images);
new nn.InstanceNorm2d(4).forward(images);
new nn.Sequential(new nn.BatchNorm2d(3), new nn.ReLU(), new nn.BatchNorm2d(6)).forward(images);
F.pad(randn(8), [1, 1, 2, 2]);
randn(8, 3).pad([1, 1, 2]);
new nn.Linear(6, 2).forward(new nn.ZeroPad2d(1).forward(images));
new nn.Linear(6, 2).forward(new nn.Upsample({ scaleFactor: 2 }).forward(images));
