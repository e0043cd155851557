import mdx from "@astrojs/mdx";
import { defineConfig } from "astro/config";

export default defineConfig({
  integrations: [mdx()],
  // Quotes are to arrive as they were written.
  markdown: { smartypants: false, syntaxHighlight: false },
  build: { format: "file" },
  devToolbar: { enabled: false },
});
