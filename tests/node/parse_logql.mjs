// Reads a JSON list of LogQL queries, and prints those that don't parse.
import { readFileSync } from "node:fs";
import { parser } from "@grafana/lezer-logql";

const isValid = (query) => {
  let valid = true;
  parser.parse(query).iterate({ enter: ({ type }) => { valid &&= !type.isError; } });
  return valid;
};
const queries = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(queries.filter((query) => !isValid(query))));
