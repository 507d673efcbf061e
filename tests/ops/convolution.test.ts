import { testFamily } from "./testing.ts";

testFamily("convolution");
