import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  plugins: [react()],
  // `npm run dev` serves the site; nginx of compose.yaml forwards the API.
  server: { proxy: { '/api': process.env.API_URL ?? 'http://localhost:8080' } }
})
