// Parses LogQL: reads a JSON list of queries, and writes the errors of each.
import { readFileSync } from "node:fs";

import { parser } from "@grafana/lezer-logql";

function errorsOf(query) {
  const errors = [];
  parser.parse(query).iterate({
    enter(node) {
      if (node.type.isError) errors.push(query.slice(0, node.from));
    },
  });
  return errors;
}

const queries = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(queries.map(errorsOf)));
