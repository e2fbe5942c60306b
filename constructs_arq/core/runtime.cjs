// The bindings' Node process, started by constructs_arq.core.node_runtime: jsii's own kernel, with changes that make
// it faster and don't change its output.
"use strict";

const fs = require("node:fs");
const Module = require("node:module");

// cdktf is archived: it will not replace the APIs that newer versions of Node deprecate, such as util.isArray.
process.noDeprecation = true;
loadProvidersLazily();
redirectOutput();
linkPackages();
skipTokenStacks();
require(process.env.ARQ_JSII_KERNEL);

// The entry point of a prebuilt provider, lib/index.js, loads all resources. lib/lazy-index.js has the same exports,
// and loads each when it is first accessed.
function loadProvidersLazily() {
  const eagerIndex = /([\\/]provider-[a-z0-9-]+[\\/]lib[\\/])index\.js$/;
  const resolveFilename = Module._resolveFilename;
  Module._resolveFilename = function (...request) {
    const file = resolveFilename.apply(this, request);
    const lazy = file.replace(eagerIndex, "$1lazy-index.js");
    return lazy !== file && fs.existsSync(lazy) ? lazy : file;
  };
}

// jsii starts its kernel below a second Node process, which copies each message between the kernel's channel and
// standard input and output. Here, standard input and output are the channel, which halves the time of a message.
// So output of JavaScript is written to standard error, in the same frames that the second process would write.
function redirectOutput() {
  for (const name of ["stdout", "stderr"]) {
    process[name].write = (chunk, encoding, done) => {
      const bytes = Buffer.from(chunk, typeof encoding === "string" ? encoding : undefined);
      fs.writeSync(2, JSON.stringify({ [name]: bytes.toString("base64") }) + "\n");
      const callback = typeof encoding === "function" ? encoding : done;
      if (callback) process.nextTick(callback);
      return true;
    };
  }
}

// With this option, the kernel links to its cache of unpacked packages. Without it, it copies their 10,000 files at
// each start. Node gets the option from NODE_OPTIONS, but the kernel looks here.
function linkPackages() {
  process.execArgv.push("--preserve-symlinks");
}

// cdktf records an unlimited call stack for each token, and never writes it.
function skipTokenStacks() {
  const capture = Error.captureStackTrace;
  Error.captureStackTrace = (object, below) => {
    if (Error.stackTraceLimit === Number.MAX_SAFE_INTEGER) object.stack = "";
    else capture(object, below);
  };
}
