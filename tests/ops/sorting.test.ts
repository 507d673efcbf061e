import { testFamily } from "./testing.ts";

testFamily("sorting");
