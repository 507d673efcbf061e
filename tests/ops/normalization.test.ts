import { testFamily } from "./testing.ts";

testFamily("normalization");
