// Every statement is a mistake; messages.txt holds what the compiler says about it.
import { conv1d, conv2d, convTranspose2d, nn, randn } from "nabla";

new nn.Conv2d(3, 32, 3).forward(randn(8, 1, 28, 28));
new nn.Conv2d(3, 32, 3).forward(randn(8, 784));
new nn.Conv2d(3, 32, 7).forward(randn(8, 3, 5, 28));
new nn.Conv2d(3, 32, [1, 9], { padding: 1 }).forward(randn(8, 3, 6, 6));
new nn.Conv1d(2, 4, 3).forward(randn(3, 50));
new nn.ConvTranspose2d(8, 3, 2, { stride: 2 }).forward(randn(4, 3, 14, 14));
new nn.Sequential(new nn.Conv2d(3, 32, 3), new nn.Conv2d(64, 32, 3));
new nn.Sequential(new nn.Conv2d(3, 8, 3), new nn.Flatten(), new nn.Linear(1000, 10)).forward(randn(8, 3, 12, 12));
new nn.Conv2d(3, 32, 3, { padding: "full" });
new nn.Conv2d(3, 32, 3, { pading: 1 });
conv2d(randn(8, 3, 28, 28), randn(16, 4, 3, 3));
conv2d(randn(8, 4, 28, 28), randn(16, 4, 3, 3), null, { groups: 2 });
conv1d(randn(8, 3, 4), randn(16, 3, 5));
convTranspose2d(randn(8, 3, 4, 4), randn(16, 3, 2, 2));
