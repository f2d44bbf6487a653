import { readdirSync } from "node:fs";
import { defineConfig } from "vite";
import packageJson from "./package.json" with { type: "json" };

/** What is loaded by its path: by oclif, bin/run.js and the worker threads. */
const entries = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((file) =>
  /^(commands\/.*(?<!base)|terminal\/run|.*worker)\.ts$/.test(file),
);

/** One file a module, as in src/; of what comes from packages one a package: a command reads fewer files at its start. */
function chunkOf(id: string): string | null {
  // Loaded by ink's own developers only, and wants a package of theirs.
  if (id.includes("/ink/build/devtools")) return null;
  const [, packageName] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(id) ?? [];
  if (packageName) return `packages/${packageName.replace(/^@(.+)\//, "$1-")}`;
  const [, file] = /\/src\/(.+\.tsx?)$/.exec(id) ?? [];
  return file && !entries.includes(file) ? withoutExtension(file) : null;
}

const withoutExtension = (file: string) => file.replace(/\.tsx?$/, "");

/** The program. The packages among package.json's dependencies are loaded from where they are installed; others are put in. */
export default defineConfig({
  publicDir: false,
  ssr: { external: Object.keys(packageJson.dependencies), noExternal: true },
  build: {
    ssr: true,
    emptyOutDir: false,
    target: "node20.19",
    license: { fileName: "licenses.md" },
    rolldownOptions: {
      // With either of the two a call whose only effect is that it may throw would be dropped: treeshake, minify.
      treeshake: false,
      input: Object.fromEntries(entries.map((file) => [withoutExtension(file), `src/${file}`])),
      preserveEntrySignatures: "allow-extension",
      output: {
        minify: false,
        entryFileNames: "[name].js",
        chunkFileNames: ({ isDynamicEntry }) => (isDynamicEntry ? "dynamic/[name].js" : "[name].js"),
        minifyInternalExports: false,
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: [{ name: chunkOf, debugName: "one file a module" }],
        },
      },
    },
  },
});
