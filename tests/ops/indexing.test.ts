import { testFamily } from "./testing.ts";

testFamily("indexing");
