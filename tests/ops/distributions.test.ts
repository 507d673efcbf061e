import { testFamily } from "./testing.ts";

testFamily("distributions");
