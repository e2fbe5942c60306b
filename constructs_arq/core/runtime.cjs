// The bindings' Node process, as constructs_arq.core.engine starts it: jsii's own kernel, with changes that its
// output doesn't show.
"use strict";

const fs = require("node:fs");
const Module = require("node:module");
const os = require("node:os");

loadProvidersLazily();
talkDirectly();
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

// The kernel reads and writes file descriptor 3, and jsii starts it below a second Node process that copies
// every message between that and standard input and output. Here they are one, which halves the time a message
// takes. What JavaScript prints goes to standard error, framed as that second process would frame it.
function talkDirectly() {
  const channel = 3;
  const { readSync, writeSync } = fs;
  reserve(channel);
  fs.readSync = (fd, ...rest) => readSync(fd === channel ? 0 : fd, ...rest);
  fs.writeSync = (fd, ...rest) => writeSync(fd === channel ? 1 : fd, ...rest);
  for (const name of ["stdout", "stderr"]) {
    process[name].write = (chunk, encoding, done) => {
      const bytes = Buffer.from(chunk, typeof encoding === "string" ? encoding : undefined);
      writeSync(2, JSON.stringify({ [name]: bytes.toString("base64") }) + "\n");
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

// No file that is opened later may get the channel's number.
function reserve(channel) {
  for (let fd = -1; fd < channel; ) fd = fs.openSync(os.devNull);
}
