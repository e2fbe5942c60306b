// The bindings' Node process, as constructs_arq.core.engine starts it: jsii's own kernel, with changes that its
// output doesn't show.
"use strict";

const fs = require("node:fs");
const Module = require("node:module");

loadProvidersLazily();
keepOffTheChannel();
linkPackages();
forgetStacks();
require(process.env.ARQ_JSII_KERNEL);

// A prebuilt provider names lib/index.js as its entry, which loads every resource there is. Beside it lies
// lib/lazy-index.js, with the same exports, each loaded when first touched.
function loadProvidersLazily() {
  const eagerIndex = /([\\/]provider-[a-z0-9-]+[\\/]lib[\\/])index\.js$/;
  const resolveFilename = Module._resolveFilename;
  Module._resolveFilename = function (...request) {
    const file = resolveFilename.apply(this, request);
    const lazy = file.replace(eagerIndex, "$1lazy-index.js");
    return lazy !== file && fs.existsSync(lazy) ? lazy : file;
  };
}

// jsii starts its kernel below a second Node process that copies every message between the kernel's channel and
// standard input and output. The engine has made those two the channel of the kernel that is loaded here, which
// halves the time a message takes. So what JavaScript prints goes to standard error, framed as that second
// process would frame it.
function keepOffTheChannel() {
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

// The kernel links to its cache of unpacked packages if it was started with this option, and otherwise copies
// their ten thousand files at each start. Node has the option from NODE_OPTIONS; the kernel looks here.
function linkPackages() {
  process.execArgv.push("--preserve-symlinks");
}

// cdktf asks for a call stack without limit for each token it makes, and puts none of them into what it writes.
function forgetStacks() {
  const capture = Error.captureStackTrace;
  Error.captureStackTrace = (object, below) => {
    if (Error.stackTraceLimit === Number.MAX_SAFE_INTEGER) object.stack = "";
    else capture(object, below);
  };
}
