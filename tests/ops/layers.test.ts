import { testFamily } from "./testing.ts";

testFamily("layers");
