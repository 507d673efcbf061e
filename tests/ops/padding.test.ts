import { testFamily } from "./testing.ts";

testFamily("padding");
