import { testFamily } from "./testing.ts";

testFamily("pooling");
