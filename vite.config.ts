import { defineConfig } from "vite";

/** The live page, as npm run build puts it into the package. */
export default defineConfig({
  root: "src/web/page",
  // Served under their own names: the login page asks for the icon too.
  publicDir: "public",
  build: {
    outDir: "../../../dist/web/page",
    emptyOutDir: true,
    target: "es2022",
    // Colours for light and dark are written side by side, by light-dark().
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    // Everything is a file of our own: the page's content security policy allows nothing else.
    assetsInlineLimit: 0,
    modulePreload: false,
    reportCompressedSize: false,
  },
});
