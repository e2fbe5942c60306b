// Loaded into the bindings' Node process by constructs_arq.core.engine. A prebuilt provider's package names
// lib/index.js as its entry, which loads every resource there is; beside it lies lib/lazy-index.js, with the
// same exports, each loaded when first touched.
"use strict";

const fs = require("node:fs");
const Module = require("node:module");

const EAGER_INDEX = /([\\/]provider-[a-z0-9-]+[\\/]lib[\\/])index\.js$/;
const resolveFilename = Module._resolveFilename;

Module._resolveFilename = function (...request) {
  const file = resolveFilename.apply(this, request);
  const lazy = file.replace(EAGER_INDEX, "$1lazy-index.js");
  return lazy !== file && fs.existsSync(lazy) ? lazy : file;
};
