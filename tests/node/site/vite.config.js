import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  plugins: [react()],
  // A folder with an image and a font, which the test generates.
  resolve: { alias: { '@generated': process.env.GENERATED_FOLDER } }
})
