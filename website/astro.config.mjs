import { defineConfig } from "astro/config";

export default defineConfig({
  site: "https://caro.sh",
  // One page is one file: no style sheet to fetch, and no script at all.
  build: { inlineStylesheets: "always" },
  devToolbar: { enabled: false },
});
