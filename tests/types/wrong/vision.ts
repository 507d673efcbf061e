// Every statement or body is a mistake; messages.txt holds what the compiler says about it.
import { nn } from "nabla";
import { CIFAR10, readImage, transforms, writeImage } from "nabla/vision";

readImage("photo.png", { mode: "grey" });
readImage(new nn.Linear(2, 3));
writeImage("photo.png", readImage("photo.jpg"));
new transforms.RandomCrop({ size: 32 });
new transforms.RandomCrop(32, { pading: 4 });
new transforms.RandomHorizontalFlip(0.5);
new transforms.Compose(new transforms.ToTensor());
CIFAR10.load({ train: "yes" });
new nn.Linear(5, 2).forward(readImage("photo.png").narrow(2, 0, 4));
