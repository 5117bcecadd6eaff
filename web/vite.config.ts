import { defineConfig } from "vite";

// The page travels inside the Python package; every address in it is relative, so that it can be served under any path.
export default defineConfig({
  base: "./",
  build: {
    outDir: "../src/dronewall/watch/page",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 2000,
    reportCompressedSize: false,
    rolldownOptions: { input: ["index.html", "review.html"] },
  },
  server: {
    host: "127.0.0.1",
    proxy: {
      "/api": "http://127.0.0.1:8765",
      "/ws": { target: "ws://127.0.0.1:8765", ws: true },
    },
  },
});
