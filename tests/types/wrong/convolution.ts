// Every statement is a mistake; messages.txt holds what the compiler says about it.
import { conv2d, nn, randn } from "nabla";

new nn.Conv2d(3, 32, 3).forward(randn(8, 1, 28, 28));
new nn.Conv2d(3, 32, 7, { padding: 0 }).forward(randn(8, 3, 5, 28));
new nn.Sequential(new nn.Conv2d(3, 32, 3), new nn.Conv2d(64, 32, 3));
conv2d(randn(8, 4, 28, 28), randn(16, 4, 3, 3), null, { groups: 2 });
new nn.MaxPool2d(9).forward(randn(2, 3, 8, 9));
