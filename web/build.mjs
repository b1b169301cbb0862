// Bundles the scripts, styles and fonts into the folder named on the command line and lists them in
// its manifest.txt (name, hashed path, content type; tab-separated), with .br and .gz beside each text.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const out = process.argv[2];
if (!out) throw new Error("Say where to: node build.mjs FOLDER");

const TYPES = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

/**
 * Turbo's progress bar installs a <style> element as soon as it loads, which the content security
 * policy refuses with an error in the console. Ours is CSS, so theirs is left out.
 */
const withoutProgressStyle = {
  name: "without-progress-style",
  setup({ onLoad }) {
    onLoad({ filter: /@hotwired.turbo.dist.turbo\.es2017-esm\.js$/ }, ({ path }) => {
      const source = readFileSync(path, "utf8");
      const call = "    this.installStylesheetElement();\n";
      if (!source.includes(call)) throw new Error("Turbo changed: look at its progress bar again");
      return { contents: source.replace(call, ""), loader: "js" };
    });
  },
};

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

const result = await build({
  entryPoints: { app: "src/app.ts", style: "styles/app.css" },
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2022"],
  supported: { nesting: true },
  plugins: [withoutProgressStyle],
  loader: { ".woff2": "file" },
  entryNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  publicPath: "/assets",
  outdir: out,
  write: false,
  logLevel: "warning",
});

const files = result.outputFiles.map((file) => ({
  path: basename(file.path),
  bytes: Buffer.from(file.contents),
}));
for (const name of readdirSync("static")) {
  const bytes = readFileSync(join("static", name));
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 8).toUpperCase();
  files.push({ path: `${basename(name, extname(name))}-${hash}${extname(name)}`, bytes });
}

const lines = [];
for (const { path, bytes } of files) {
  const end = extname(path);
  writeFileSync(join(out, path), bytes);
  if (end !== ".woff2") {
    const params = { [constants.BROTLI_PARAM_QUALITY]: 11 };
    writeFileSync(join(out, `${path}.br`), brotliCompressSync(bytes, { params }));
    writeFileSync(join(out, `${path}.gz`), gzipSync(bytes, { level: 9 }));
  }
  lines.push([path.replace(/-[A-Z0-9]{8}(?=\.)/, ""), path, TYPES[end]].join("\t"));
}
writeFileSync(join(out, "manifest.txt"), lines.sort().join("\n") + "\n");
