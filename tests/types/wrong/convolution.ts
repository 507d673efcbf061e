// Every statement is a mistake; messages.txt holds what the compiler says about it.
import { conv2d, nn, randn } from "nabla";

new nn.Conv2d(3, 32, 3).forward(randn(8, 1, 28, 28));
new nn.Conv2d(3, 32, 3).forward(randn(8, 784));
new nn.Conv2d(3, 32, 7, { padding: 0 }).forward(randn(8, 3, 5, 28));
new nn.Conv1d(2, 4, 3).forward(randn(3, 50));
new nn.ConvTranspose2d(8, 3, 2, { stride: 2 }).forward(randn(4, 3, 14, 14));
new nn.Sequential(new nn.Conv2d(3, 32, 3), new nn.Conv2d(64, 32, 3));
new nn.Conv2d(3, 32, 3, { pading: 1 });
conv2d(randn(8, 4, 28, 28), randn(16, 4, 3, 3), null, { groups: 2 });
