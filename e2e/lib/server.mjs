// Starts the built binary with data of its own and stops it again.

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const BINARY =
  process.env.WHEREFORE_BINARY ??
  new URL("../../target/debug/wherefore", import.meta.url).pathname;
const START_LIMIT = 60_000;

/**
 * A demo world on a free port. `url` is its address and `logins` the people it printed, each with
 * `email` and `password`; `output()` is all it has written so far; `stop()` ends it and removes its data.
 */
export function startDemo() {
  return startServer("demo");
}

/**
 * The same for any command that serves: `demo`, or `serve` for an empty folder. `more` are further
 * arguments, and `folder` one whose data another server left behind with `leave()`.
 */
export async function startServer(command, { more = [], folder: left } = {}) {
  const folder = left ?? (await mkdtemp(join(tmpdir(), "wherefore-journey-")));
  const url = `http://127.0.0.1:${await freePort()}`;
  const listen = url.replace("http://", "");
  const server = spawn(BINARY, [command, "--data", join(folder, "data"), "--listen", listen, ...more], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [server.stdout, server.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => (output += text));
  }
  const failed = new Promise((resolve) => server.once("error", resolve));
  const ended = new Promise((resolve) => server.once("close", resolve));

  const leave = async () => {
    if (server.exitCode === null && server.pid) {
      server.kill("SIGTERM");
      await ended;
    }
    return folder;
  };
  const stop = async () => {
    await rm(await leave(), { recursive: true, force: true });
  };
  try {
    const early = Promise.race([failed, ended]).then((how) => {
      throw new Error(`the server ended before it answered (${how}). It said:\n${output}`);
    });
    await Promise.race([untilHealthy(url), early]);
  } catch (error) {
    await stop();
    throw new Error(`${error.message}\nThe server said:\n${output}`);
  }
  return { url, logins: loginsIn(output), output: () => output, leave, stop };
}

async function untilHealthy(url) {
  const deadline = Date.now() + START_LIMIT;
  while (Date.now() < deadline) {
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`the server did not become ready within ${START_LIMIT / 1000} s`);
}

/** Each printed line with an address in it is a login; its password is the line's last word. */
function loginsIn(output) {
  return output.split("\n").flatMap((line) => {
    const email = line.match(/[\w.+-]+@[\w.-]+\w/)?.[0];
    const password = line.trim().split(/\s+/).at(-1);
    return email && password !== email ? [{ email, password }] : [];
  });
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
